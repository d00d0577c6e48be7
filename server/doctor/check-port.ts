import { once } from "node:events";
import { createServer } from "node:net";
import type { Examination } from "./examination.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const timeoutMs = 3000;

/** Whether a gateway answers where the settings say, or could. */
export async function checkPort({ settings, version }: Pick<Examination, "settings" | "version">): Promise<Finding[]> {
  if (settings === null) return [];
  const { host, port } = settings.http;
  if (port === 0) return [ok("The gateway takes any free port (gateway.port is 0).")];
  const place = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const refusal = await refusalToListen(host, port);
  if (refusal === null) return [ok(`${place} is free, and no gateway runs there.`)];
  if (refusal.code !== "EADDRINUSE") {
    return [problem(`The gateway cannot listen at ${place}: ${refusal.message}.`, "Set gateway.host to an address of this machine, and gateway.port to a free port from 1024 on.")];
  }
  const found = await versionAt(host, port);
  if (found === "another") return [problem(`Another program is at ${place}.`, "Stop that one, or choose another port: `openclaw config set gateway.port 18790`.")];
  if (found === "hidden") return [ok(`A gateway answers at ${place}, but does not let this machine in.`)];
  if (found !== version) return [warning(`The gateway at ${place} is ${found}, and this is ${version}.`, "Restart the gateway to run this version.")];
  return [ok(`The gateway ${found} answers at ${place}.`)];
}

/** What the system says to listening there; null when it may be done. Where something listens already, that is not disturbed. */
async function refusalToListen(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    return null;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  } finally {
    server.close();
  }
}

/** The version of the gateway that answers, or what else is there. */
async function versionAt(host: string, port: number): Promise<string> {
  const reached = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${reached}:${port}/health`, { signal: AbortSignal.timeout(timeoutMs) });
    const body: unknown = await response.json().catch(() => null);
    const { version } = (body ?? {}) as { version?: unknown };
    if (typeof version === "string") return version.slice(0, 40);
    return response.headers.get("x-request-id")?.startsWith("req_") === true ? "hidden" : "another";
  } catch {
    return "another";
  }
}
