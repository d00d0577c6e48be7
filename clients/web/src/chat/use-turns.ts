import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { OpenClawError, type EventStream } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { useReport } from "../parts/use-report.ts";
import { openRuns } from "./open-runs.ts";
import { afterEvent, isOpen, newTurn, withCall, type Turn, type TurnEvent } from "./turn.ts";

export interface TurnsOptions {
  /** None for a conversation that its first message begins. */
  sessionId: string | undefined;
  /** Whom that one is with; the default agent where nobody is named. */
  agentId: string | undefined;
  onStarted: (sessionId: string) => void;
  onEnded: () => void;
}

export interface Turns {
  turns: readonly Turn[];
  /** The one that goes on now. */
  open: Turn | undefined;
  ask: (question: string) => void;
  /** Asks what failed once more. */
  retry: () => void;
  stop: () => void;
  decide: (callId: string, approve: boolean) => Promise<void>;
}

/** How often what streams in is drawn. */
const drawEveryMs = 40;

/** The turns of a conversation since it was opened; one that was under way when the page was loaded anew is taken up again. */
export function useTurns({ sessionId, agentId, onStarted, onEnded }: TurnsOptions): Turns {
  const { gateway, may } = useAccount();
  const report = useReport();
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const reading = useRef<AbortController>(undefined);
  const open = turns.at(-1) && isOpen(turns.at(-1)!) ? turns.at(-1) : undefined;

  const change = useCallback((next: (turn: Turn) => Turn) => setTurns((all) => all.map((turn, at) => (at === all.length - 1 ? next(turn) : turn))), []);

  /** Reads a stream to its end into the last turn. */
  const read = useCallback(
    async (openStream: (options: { signal: AbortSignal; onReconnect: () => void }) => EventStream<TurnEvent>) => {
      const controller = new AbortController();
      reading.current = controller;
      let waiting: TurnEvent[] = [];
      let timer: ReturnType<typeof setTimeout> | undefined;
      let runId: string | undefined;
      const draw = () => {
        const events = waiting;
        [waiting, timer] = [[], undefined];
        if (events.length > 0) change((turn) => events.reduce(afterEvent, turn));
      };
      try {
        const onReconnect = () => {
          draw();
          change((turn) => ({ ...turn, state: "reconnecting" }));
        };
        for await (const event of openStream({ signal: controller.signal, onReconnect })) {
          if (event.type === "start") {
            runId = event.runId;
            openRuns.add(event.sessionId, runId);
            onStarted(event.sessionId);
          }
          waiting.push(event);
          timer ??= setTimeout(draw, drawEveryMs);
        }
        draw();
      } catch (error) {
        if (controller.signal.reason === left) return;
        draw();
        const isStopped = controller.signal.aborted || (error instanceof OpenClawError && error.code === "cancelled");
        change((turn) => (isStopped ? { ...turn, state: "stopped" } : { ...turn, state: "failed", error: report(error) }));
      } finally {
        clearTimeout(timer);
      }
      if (runId !== undefined) openRuns.remove(runId);
      onEnded();
      if (runId === undefined || !may("messages:read")) return;
      // The stream does not say which model it was.
      const run = await gateway.client.runs.get(runId).catch(() => undefined);
      if (run) change((turn) => (turn.runId === runId ? { ...turn, facts: { ...turn.facts, model: run.model, usage: run.usage, latencyMs: run.latencyMs } } : turn));
    },
    [gateway, may, change, report, onStarted, onEnded],
  );

  const ask = useCallback(
    (question: string) => {
      setTurns((all) => [...all.filter(({ state, runId }) => state !== "failed" || runId !== undefined), newTurn(question)]);
      const request = sessionId === undefined ? { sessionId: null, message: question, ...(agentId === undefined ? {} : { agentId }) } : { sessionId, message: question };
      void read((options) => gateway.client.chatStream(request, { ...options, idempotencyKey: null }));
    },
    [gateway, sessionId, agentId, read],
  );

  useEffect(() => {
    const runId = sessionId === undefined ? undefined : openRuns.of(sessionId);
    if (runId !== undefined && may("messages:read")) void takeUp(runId);

    async function takeUp(id: string): Promise<void> {
      const run = await gateway.client.runs.get(id).catch(() => undefined);
      if (run?.status !== "running") return openRuns.remove(id);
      setTurns([newTurn(undefined)]);
      // It was begun by this page, so its events are in this face.
      await read((options) => gateway.client.runs.events(id, options) as EventStream<TurnEvent>);
    }
    // The gateway keeps the run for half a minute without its reader: time enough to come back.
    return () => reading.current?.abort(left);
  }, []);

  return {
    turns,
    open,
    ask,
    retry() {
      const { question } = turns.at(-1) ?? {};
      if (question !== undefined) ask(question);
    },
    stop() {
      if (open?.runId === undefined) reading.current?.abort();
      // Who is no longer connected sees no end of the stream: then the reading is stopped as well.
      else gateway.client.runs.cancel(open.runId).catch(() => reading.current?.abort());
    },
    async decide(callId, approve) {
      const runId = open?.runId;
      if (runId === undefined) return;
      await dataOf(gateway.api.POST("/api/v1/runs/{runId}/approvals/{callId}", { params: { path: { runId, callId } }, body: { approve }, ...gateway.via }));
      change((turn) => ({ ...turn, parts: withCall(turn.parts, callId, { state: "running" }) }));
    },
  };
}

/** Why a reading is aborted when the reader goes to another conversation. */
const left = new Error("the reader has left");
