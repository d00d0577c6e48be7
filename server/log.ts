import pino, { type Logger } from "pino";

/** Logs to standard output, asynchronously: JSON lines, or for people on a terminal. */
export async function createLog(level: string): Promise<Logger> {
  const options = { level, base: null, redact: ["headers.authorization", "headers.cookie"] };
  if (process.stdout.isTTY) {
    const { default: pretty } = await import("pino-pretty");
    return pino(options, pretty({ colorize: true, translateTime: "SYS:HH:MM:ss", ignore: "pid,hostname", singleLine: true }));
  }
  return pino(options, pino.destination({ dest: 1, sync: false, minLength: 4096 }));
}
