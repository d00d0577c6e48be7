import { OpenClawClient } from "@openclaw/sdk";
import { explain } from "../chat/failure.ts";
import { exitStatus } from "../exit-status.ts";
import { statusTable } from "./table.ts";

export interface StatusOptions {
  url: string;
  token: string | undefined;
  json?: boolean;
}

/** A gateway that says nothing in this time is none. */
const timeoutMs = 10_000;

/** Asks, prints, and resolves with the exit status. */
export async function runStatus({ url, token, json = false }: StatusOptions): Promise<number> {
  // Whoever reads may have had enough: `openclaw status | head -1`.
  process.stdout.on("error", () => process.exit(exitStatus.failed));
  try {
    const status = await new OpenClawClient({ baseUrl: url, token }).status({ signal: AbortSignal.timeout(timeoutMs) });
    process.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : statusTable(status, url));
    return status.status === "ok" ? exitStatus.done : exitStatus.failed;
  } catch (error) {
    const isSilent = error instanceof DOMException && error.name === "TimeoutError";
    process.stderr.write(`${isSilent ? `The gateway at ${url} does not answer.` : explain(error, { url, token }).text}\n`);
    return exitStatus.failed;
  }
}
