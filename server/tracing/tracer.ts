import { AsyncLocalStorage } from "node:async_hooks";
import { newSpanId, newTraceId, type SpanContext, writeTraceparent } from "./trace-context.ts";

/** As OTLP numbers them. */
export const spanKind = { internal: 1, server: 2, client: 3 } as const;

export type Attributes = Record<string, string | number | boolean | readonly string[] | null | undefined>;

/** A span that has ended. */
export interface EndedSpan extends SpanContext {
  name: string;
  kind: number;
  parentSpanId: string | undefined;
  /** Epoch milliseconds, with fractions. */
  startedAt: number;
  endedAt: number;
  attributes: Attributes;
  isError: boolean;
}

export interface Span {
  readonly context: SpanContext;
  /** For whoever is called on its behalf. */
  readonly traceparent: string;
  name: string;
  set(attributes: Attributes): void;
  /** `type` is a stable word for what went wrong. */
  fail(type: string): void;
  end(): void;
}

export interface Tracer {
  /** Begins a span below `parent`; where that is not said, below the one that the code runs in. */
  start(name: string, kind: number, attributes: Attributes, parent?: SpanContext): Span;
  /** Runs something in a span: spans that it starts, then or later, are below it. */
  within<T>(span: Span, run: () => T): T;
}

/** `ended` is told of every span of a trace that is kept. */
export function createTracer(ended: (span: EndedSpan) => void): Tracer {
  const current = new AsyncLocalStorage<Span>();
  return {
    start(name, kind, given, said) {
      const parent = said ?? current.getStore()?.context;
      const context: SpanContext = { traceId: parent?.traceId ?? newTraceId(), spanId: newSpanId(), isSampled: parent?.isSampled ?? true };
      const startedAt = epochMs();
      const attributes = { ...given };
      let isError = false;
      return {
        context,
        traceparent: writeTraceparent(context),
        name,
        set: (more) => void Object.assign(attributes, more),
        fail(type) {
          isError = true;
          attributes["error.type"] = type;
        },
        end() {
          if (context.isSampled) ended({ ...context, name: this.name, kind, parentSpanId: parent?.spanId, startedAt, endedAt: epochMs(), attributes, isError });
        },
      };
    },
    within: (span, run) => current.run(span, run),
  };
}

/** Finer than a clock's milliseconds, and never backwards. */
function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
