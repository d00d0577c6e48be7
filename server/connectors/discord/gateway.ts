import { GatewayDispatchEvents, Routes, type APIGatewayBotInfo } from "discord-api-types/v10";
import { createBackoff } from "../../backoff.ts";
import { openLink, type Ending, type GatewayLink, type LinkOptions } from "./link.ts";
import { DiscordError, networkReason, type DiscordRest } from "./rest.ts";

export interface GatewayOptions extends Pick<LinkOptions, "token" | "onDispatch" | "random"> {
  rest: DiscordRest;
  onConnected(): void;
  onLost(ending: Pick<Ending, "isRefusal" | "reason">): void;
  now(): number;
  /** Rejects when the signal is aborted. */
  sleep(delayMs: number, signal: AbortSignal): Promise<unknown>;
}

/** After so long, a connection is taken for a good one, and the next loss for the first. */
const stableMs = 60_000;
/** Discord takes the token away from who begins more than 1000 sessions a day, so the one who is refused comes every two minutes. */
const refusedRetryMs = 120_000;
/** One session may be begun in five seconds. */
const identifyIntervalMs = 5_000;

/** Is connected to Discord's gateway until the signal is aborted, and resolves then. A new connection resumes the session of the last. */
export async function stayConnected({ rest, onDispatch, onConnected, onLost, now, sleep, ...options }: GatewayOptions, signal: AbortSignal): Promise<void> {
  const backoff = createBackoff(options.random);
  let session: Ending["session"] = null;
  let isReached = true;
  let identifiedAt = -Infinity;

  async function connect(): Promise<Ending> {
    const lacksUrl = session === null || !isReached;
    const info = lacksUrl ? ((await rest.call("GET", Routes.gatewayBot(), undefined, signal)) as APIGatewayBotInfo) : null;
    if (session === null) {
      const { remaining, reset_after: resetAfterMs } = info!.session_start_limit;
      if (remaining === 0) return { isRefusal: false, reason: "Discord lets the bot begin no more sessions for now.", session, isReached, retryAfterMs: resetAfterMs };
      await sleep(Math.max(0, identifiedAt + identifyIntervalMs - now()), signal);
      identifiedAt = now();
    }
    let connectedAt: number | undefined;
    const link = openLink({
      ...options,
      session,
      url: info?.url ?? session!.resumeUrl,
      onDispatch(dispatch) {
        if (dispatch.t === GatewayDispatchEvents.Ready || dispatch.t === GatewayDispatchEvents.Resumed) {
          connectedAt = now();
          onConnected();
        }
        return onDispatch(dispatch);
      },
    });
    const ending = await endOf(link, signal);
    if (connectedAt !== undefined && now() - connectedAt >= stableMs) backoff.reset();
    return ending;
  }

  while (!signal.aborted) {
    const ending = await connect().catch((error: unknown) => failure(error, session));
    if (signal.aborted) return;
    ({ session, isReached } = ending);
    onLost(ending);
    const waitMs = ending.isRefusal ? refusedRetryMs : backoff.nextMs();
    await sleep(Math.max(waitMs, ending.retryAfterMs ?? 0), signal).catch(() => {});
  }
}

async function endOf(link: GatewayLink, signal: AbortSignal): Promise<Ending> {
  signal.addEventListener("abort", link.close, { once: true });
  if (signal.aborted) link.close();
  try {
    return await link.ended;
  } finally {
    signal.removeEventListener("abort", link.close);
  }
}

/** Of an attempt that did not get to a connection. */
function failure(error: unknown, session: Ending["session"]): Ending {
  if (!(error instanceof DiscordError)) return { isRefusal: false, reason: `Discord's gateway cannot be reached: ${networkReason(error)}`, session, isReached: false };
  const { status, message: reason, retryAfterMs } = error;
  const isRefusal = error.kind === "refused" || status === 401;
  return { isRefusal, reason, session, isReached: false, ...(retryAfterMs !== null && { retryAfterMs }) };
}
