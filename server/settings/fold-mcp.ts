import type { McpServer } from "../../generated/server/settings.ts";
import { checkUrl } from "./check-url.ts";
import type { Folding } from "./folding.ts";
import { below } from "./pointer.ts";
import type { McpServerSettings, McpSettings } from "./settings.ts";

/** The servers of the Model Context Protocol: each is a program, or reached over HTTP. */
export function foldMcp(folding: Folding): McpSettings {
  const servers = Object.entries(folding.file.mcp?.servers ?? {}).map(([name, server]) => [name, foldServer(name, server, folding)] as const);
  return { servers: Object.fromEntries(servers) };
}

function foldServer(name: string, { enabled = true, command, args, env, url, headers }: McpServer, folding: Folding): McpServerSettings {
  const pointer = below("/mcp/servers", name);
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) folding.fault(pointer, "must have a name of 1 to 64 letters, digits, `_` or `-`.");
  if ((command === undefined) === (url === undefined)) folding.fault(pointer, "must have either `command`, a program to start, or `url`, where it is over HTTP.");
  if (url !== undefined) {
    for (const [key, value] of Object.entries({ args, env })) if (value !== undefined) folding.fault(`${pointer}/${key}`, "goes with `command`, not with `url`.");
    if (enabled) checkUrl(url, `${pointer}/url`, folding);
    return { enabled, transport: "http", url, headers: headers ?? {} };
  }
  if (headers !== undefined) folding.fault(`${pointer}/headers`, "goes with `url`, not with `command`.");
  return { enabled, transport: "stdio", command: command ?? "", args: args ?? [], env: env ?? {} };
}
