import type { Schemas } from "../../../typescript/sdk/src/index.ts";

const times = new Intl.DateTimeFormat("en-GB", { dateStyle: "short", timeStyle: "medium" });
const tones: Readonly<Record<string, string>> = { warn: "warn", error: "bad", fatal: "bad" };

/** One line of the gateway's log; unfolded, all that it has. */
export function LogLine({ value: { at, level, message, operation, requestId, keyId, sessionId, runId, fields } }: { value: Schemas["GatewayLogEntry"] }) {
  const status = fields["status"];
  const all = Object.entries({ requestId, keyId, operation, sessionId, runId, ...fields }).filter(([, value]) => value !== undefined);
  return (
    <li>
      <details>
        <summary>
          <time dateTime={at}>{times.format(new Date(at))}</time>
          <span class={`log-level ${tones[level] ?? ""}`}>{level}</span>
          <span class="log-message">
            {message}
            {operation !== undefined && <span class="muted"> {operation}</span>}
            {typeof status === "number" && <span class={status >= 400 ? "bad-text" : "muted"}> {status}</span>}
          </span>
        </summary>
        <dl class="log-fields mono">
          {all.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}
