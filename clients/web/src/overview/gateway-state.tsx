import type { ComponentChildren } from "preact";
import { count, duration } from "../parts/amounts.ts";
import { Notice } from "../parts/notice.tsx";
import { When } from "../parts/when.tsx";
import type { Parts } from "./use-gateway-state.ts";

const tones: Readonly<Record<string, string>> = { connected: "good", ok: "good", disconnected: "bad", failing: "bad", degraded: "bad" };

/** What the gateway does now, and how its channels, providers and stores fare. */
export function GatewayState({ parts: { status, channels, metrics, error, reload } }: { parts: Parts }) {
  if (!status) return error === undefined ? <p class="muted">Loading…</p> : <Notice error={error} onRetry={reload} />;
  const { providers, database, redis, queue, sessions, uptime, version } = status;
  return (
    <section class="overview-part" aria-label="The gateway now">
      {error !== undefined && <Notice error={error} onRetry={reload} />}
      <dl class="tiles">
        <Tile title="Turns under way">{count(queue.running)}</Tile>
        <Tile title="Turns waiting">{count(queue.waiting)}</Tile>
        {metrics && <Tile title="Open streams">{count(metrics.streams.open)}</Tile>}
        <Tile title="Sessions">{count(sessions)}</Tile>
        <Tile title="Up for">{duration(uptime * 1000)}</Tile>
      </dl>
      <ul class="states" aria-label="Parts">
        <State name="Gateway" state={status.status}>
          version {version}
        </State>
        <State name="Database" state={database} />
        {redis !== "disabled" && <State name="Redis" state={redis} />}
        {channels.map(({ name, status: state, error: reason }) => (
          <State key={name} name={name} state={state}>
            channel{reason && `: ${reason}`}
          </State>
        ))}
        {Object.entries(providers).map(([name, { status: state, lastSuccessAt, lastErrorAt, lastError }]) => (
          <State key={name} name={name} state={state}>
            provider
            {lastSuccessAt && (
              <>
                , answered <When at={lastSuccessAt} />
              </>
            )}
            {state === "failing" && lastErrorAt && (
              <>
                , <code>{lastError}</code> <When at={lastErrorAt} />
              </>
            )}
          </State>
        ))}
      </ul>
    </section>
  );
}

function Tile({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="card tile">
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function State({ name, state, children }: { name: string; state: string; children?: ComponentChildren }) {
  return (
    <li class="card state">
      <span class="state-name">{name}</span>
      <span class={`badge ${tones[state] ?? ""}`}>{state}</span>
      {children && <span class="hint">{children}</span>}
    </li>
  );
}
