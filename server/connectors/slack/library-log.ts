import { LogLevel, type Logger as LibraryLogger } from "@slack/web-api";
import type { Logger } from "pino";

/**
 * What Slack's library says of trouble goes to our log, at debug: what matters of it is told by the connector itself. Its own
 * debug lines hold messages and the tickets of sockets, and go nowhere.
 */
export function createLibraryLog(log: Logger): LibraryLogger {
  const tell = (...said: unknown[]) => log.debug({ channel: "slack" }, `Slack's library: ${said.map(String).join(" ")}`);
  return { debug() {}, info: tell, warn: tell, error: tell, getLevel: () => LogLevel.INFO, setLevel() {}, setName() {} };
}
