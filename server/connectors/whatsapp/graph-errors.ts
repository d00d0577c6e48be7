import { ConnectorError } from "../port.ts";
import type { NoAnswer, Received } from "./exchange.ts";
import { numberAt, textAt } from "./read.ts";

/** The token is not valid (any more): nothing can be sent before somebody changes that. */
export class TokenRefused extends ConnectorError {}

/** What the codes of the Graph API and the Cloud API mean for whoever sends. All others: the platform has said no. */
const tokenInvalid = 190;
const tooMany: ReadonlySet<number> = new Set([4, 80_007, 130_429, 131_056]);
const passing: ReadonlySet<number> = new Set([2, 131_000, 131_016, 131_057, 133_004]);
const explained: ReadonlyMap<number, string> = new Map([
  [131_026, "WhatsApp cannot deliver to this person, who may have no WhatsApp, an old one, or not accepted its terms"],
  [131_030, "The number is still one for tests, and this person is not on its list of recipients"],
  [131_047, "More than 24 hours have passed since the person wrote; use a template: WhatsApp takes nothing else then, and the gateway does not send those"],
]);

/** An answer that is no good one, as the port has it. */
export function refusalOf({ status, headers, body }: Received, hideSecrets: (text: string) => string): ConnectorError {
  const error = errorOf(body);
  const code = numberAt(error, "code");
  const reason = `${hideSecrets(reasonOf(error) ?? "it gives no reason")} (HTTP ${status}${code === undefined ? "" : `, code ${code}`})`;
  if (code === tokenInvalid || status === 401) return new TokenRefused("unavailable", `WhatsApp refused the access token: ${reason}.`);
  if (status === 429 || (code !== undefined && tooMany.has(code))) return new ConnectorError("unavailable", `WhatsApp wants less to be sent: ${reason}.`, { retryAfterMs: retryAfterOf(headers["retry-after"]) });
  if (status >= 500 || (code !== undefined && passing.has(code))) return new ConnectorError("unavailable", `WhatsApp cannot do it at the moment: ${reason}.`, { retryAfterMs: retryAfterOf(headers["retry-after"]) });
  const explanation = code === undefined ? undefined : explained.get(code);
  return new ConnectorError("refused", `${explanation ?? "WhatsApp refused it"}: ${reason}.`);
}

/** No answer at all, as the port has it. */
export function lossOf({ wasSent, cause }: NoAnswer): ConnectorError {
  const { name, code } = cause as { name: string; code?: unknown };
  // Those of aborted signals are numbers that say nothing.
  const why = typeof code === "string" ? code : name;
  if (wasSent) return new ConnectorError("unknown", `WhatsApp did not answer (${why}).`, { cause });
  return new ConnectorError("unavailable", `WhatsApp cannot be reached (${why}).`, { cause });
}

/** The platform's words for an error, in an answer or in the status of a message; undefined where it has none. */
export function reasonOf(error: unknown): string | undefined {
  const reason = textAt(error, "error_data", "details") ?? textAt(error, "message") ?? textAt(error, "title");
  return reason?.slice(0, longestReason).replace(/\.$/, "");
}

const longestReason = 300;

function errorOf(body: Buffer): unknown {
  try {
    return (JSON.parse(body.toString("utf8")) as { error?: unknown } | null)?.error;
  } catch {
    return undefined;
  }
}

/** Only whole seconds: Meta sends no dates. */
function retryAfterOf(header: string | string[] | undefined): number | null {
  return typeof header === "string" && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : null;
}
