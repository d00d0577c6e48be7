import { join } from "node:path";

/** `~` and `~/…` as the home folder; any other path as it is. */
export function expandHome(path: string, homeDir: string): string {
  if (path === "~") return homeDir;
  return path.startsWith("~/") ? join(homeDir, path.slice(2)) : path;
}
