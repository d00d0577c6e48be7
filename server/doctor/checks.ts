import { checkAuthentication } from "./check-authentication.ts";
import { checkDatabase } from "./check-database.ts";
import { checkDiskSpace } from "./check-disk-space.ts";
import { checkFileModes } from "./check-file-modes.ts";
import { checkFolders } from "./check-folders.ts";
import { checkKeys } from "./check-keys.ts";
import { checkNetwork } from "./check-network.ts";
import { checkNode } from "./check-node.ts";
import { checkPort } from "./check-port.ts";
import { checkProviders } from "./check-providers.ts";
import { checkRedis } from "./check-redis.ts";
import { checkSettings } from "./check-settings.ts";
import { checkTools } from "./check-tools.ts";
import type { Check } from "./finding.ts";

/** Everything that the doctor looks at, in the order in which it tells. */
export const checks: readonly { group: string; check: Check }[] = [
  { group: "Program", check: checkNode },
  { group: "Program", check: checkPort },
  { group: "Settings", check: checkSettings },
  { group: "Files", check: checkFileModes },
  { group: "Files", check: checkDiskSpace },
  { group: "Files", check: checkFolders },
  { group: "Database", check: checkDatabase },
  { group: "Models", check: checkProviders },
  { group: "Access", check: checkAuthentication },
  { group: "Access", check: checkKeys },
  { group: "Access", check: checkNetwork },
  { group: "Tools", check: checkTools },
  { group: "Redis", check: checkRedis },
];
