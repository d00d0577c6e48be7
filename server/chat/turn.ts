import { isContextLengthExceeded } from "../errors.ts";
import type { ModelRequest, Provider, ToolCall, ToolDefinition, Usage } from "../providers/port.ts";
import { estimateRequestTokens, estimateTokens } from "../providers/token-estimate.ts";
import type { Approval } from "../runs/approvals.ts";
import { ToolError, ToolRefusal } from "../tools/port.ts";
import { createConversation, type TurnContext } from "./conversation.ts";
import type { TurnEvent } from "./turn-events.ts";

/** The tools that the agent may call in a turn. */
export interface TurnTools {
  definitions: readonly ToolDefinition[];
  /** What a call has to wait for before it may run; null when it need not. */
  approval(call: { callId: string; name: string; input: unknown }): Approval | null;
  /** Runs one; `argumentsText` is JSON as the model wrote it. Throws ToolError with a text that the model may read. */
  invoke(name: string, argumentsText: string, signal: AbortSignal): Promise<string>;
}

/** Tokens that a turn may use, where there is a quota. */
export interface TurnBudget {
  /**
   * Holds tokens for one model call, before it is made. When the call does not come to its end, `said` tells what had been
   * said by then. Throws `rate_limited` when there are too few.
   */
  hold(request: ModelRequest, said: () => string): Promise<TokenHold>;
}

/** Settled with what the call really used; disposed of without that, whatever was not used is free again. */
export interface TokenHold extends Disposable {
  /** The most that the answer may have. */
  maxTokens: number;
  settle(usage: Usage): void;
}

export interface TurnInput {
  provider: Provider;
  /** What is asked of the model; the turn adds tools and grows the messages. */
  request: Omit<ModelRequest, "tools">;
  context: TurnContext;
  tools: TurnTools;
  /** Tools of the caller's own: the turn ends when the model asks for one. They take the place of the agent's. */
  callerTools: readonly ToolDefinition[];
  /** The most model calls. In the last the model may not ask for tools any more. */
  maxSteps: number;
  startedAt: number;
  /** Without one nothing limits the tokens. */
  budget?: TurnBudget | undefined;
}

/** Everything but `failed`: a turn fails by throwing. */
export type TurnOutput = Exclude<TurnEvent, { type: "failed" }>;

/**
 * The turn: asks the model, runs the tools it asks for, tells it the results, and so on until it has answered. Knows no
 * storage and no HTTP. Yields in batches of what came together. Leaving the loop, or the signal, aborts whatever is under way.
 *
 * `usage` is counted up as its model calls end, so that it is known of a turn that fails, too. What a call used that was cut off
 * while it spoke nobody tells: that is estimated.
 */
export async function* runTurn(input: TurnInput, signal: AbortSignal, usage: Usage = { inputTokens: 0, outputTokens: 0 }): AsyncGenerator<readonly TurnOutput[]> {
  const callerDecides = input.callerTools.length > 0;
  const tools = callerDecides ? input.callerTools : input.tools.definitions;
  const conversation = createConversation(input.request, tools, input.context);
  const summary = input.context.summarize && (await conversation.summarize(signal));
  if (summary) count(usage, summary);
  const toolsInvoked = new Set<string>();
  const takenIds = new Set(input.request.messages.flatMap((message) => (message.role === "assistant" ? (message.toolCalls ?? []).map(({ id }) => id) : [])));
  const finished = (finishReason: "stop" | "length" | "tool_calls" | "content_filter", callerToolCalls: readonly ToolCall[]): TurnOutput => ({
    type: "finished",
    finishReason,
    usage,
    latencyMs: Math.round(performance.now() - input.startedAt),
    toolsInvoked: [...toolsInvoked],
    callerToolCalls,
  });

  for (let step = 1; ; step++) {
    const isLast = step >= input.maxSteps && !callerDecides;
    const calls: ToolCall[] = [];
    let text = "";
    let finishReason: "stop" | "length" | "tool_calls" | "content_filter" = "stop";
    let output: TurnOutput[] = [];
    let hasBegun = false;
    let isFinished = false;
    const request = modelRequest(input, conversation.told(), tools, isLast);
    using hold = await input.budget?.hold({ ...request, maxTokens: conversation.answerTokens }, () => text);
    try {
      for await (const events of input.provider.generate(hold ? { ...request, maxTokens: hold.maxTokens } : request, signal)) {
        hasBegun = true;
        for (const event of events) {
          if (event.type === "text") {
            text += event.text;
            output.push(event);
          } else if (event.type === "toolCall") calls.push(callerDecides ? event.call : withOwnId(event.call, takenIds));
          else if (event.type === "started") {
            if (step === 1) output.push(event);
          } else {
            isFinished = true;
            finishReason = event.reason;
            count(usage, event.usage);
            hold?.settle(event.usage);
          }
        }
        // What came with the end of the answer goes out with what follows from it.
        if (isFinished || output.length === 0) continue;
        yield output;
        output = [];
      }
    } catch (thrown) {
      if (hasBegun || !isContextLengthExceeded(thrown) || !conversation.halve()) throw thrown;
      // The window was smaller than believed: the same step with less.
      step--;
      continue;
    } finally {
      if (!isFinished && text !== "") count(usage, { inputTokens: estimateRequestTokens(request), outputTokens: Math.ceil(estimateTokens(text)) });
    }
    if (callerDecides) return yield [...output, finished(calls.length > 0 ? "tool_calls" : finishReason, calls)];
    // A model that asks for tools where it was told not to is not asked again.
    if (calls.length === 0 || isLast) return yield [...output, finished(calls.length > 0 ? "length" : finishReason, [])];

    conversation.add({ role: "assistant", content: text, toolCalls: calls });
    const waiting: { call: ToolCall; approval: Approval | null }[] = [];
    for (const call of calls) {
      const shown = { callId: call.id, name: call.name, input: parsedArguments(call) };
      output.push({ type: "toolUse", ...shown });
      const approval = input.tools.approval(shown);
      if (approval) output.push({ type: "toolApproval", ...shown, expiresAt: approval.expiresAt });
      waiting.push({ call, approval });
    }
    yield output;
    // Side by side; the results are told in the order of the calls.
    const results = await Promise.all(waiting.map(({ call, approval }) => invoke(input.tools, call, approval, signal)));
    for (const { name, isRefused } of results) if (!isRefused) toolsInvoked.add(name);
    for (const result of results) conversation.add({ role: "tool", callId: result.callId, content: result.output, isError: result.isError });
    yield results;
  }
}

function count(usage: Usage, more: Usage): void {
  usage.inputTokens += more.inputTokens;
  usage.outputTokens += more.outputTokens;
}

function modelRequest({ request }: TurnInput, messages: ModelRequest["messages"], tools: readonly ToolDefinition[], isLast: boolean): ModelRequest {
  if (tools.length === 0) return { ...request, messages };
  return { ...request, messages, tools, ...(isLast ? { toolChoice: "none" } : {}) };
}

async function invoke(tools: TurnTools, call: ToolCall, approval: Approval | null, signal: AbortSignal): Promise<TurnOutput & { type: "toolResult" }> {
  const result = { type: "toolResult", callId: call.id, name: call.name } as const;
  try {
    if (approval) {
      const { isApproved, reason } = await approval.decision;
      signal.throwIfAborted();
      if (!isApproved) throw new ToolRefusal(`The call of ${call.name} was not approved.${reason === null ? "" : ` ${reason}`}`);
    }
    return { ...result, output: await tools.invoke(call.name, call.arguments, signal), isError: false };
  } catch (thrown) {
    signal.throwIfAborted();
    // What a tool says of its own failure is for the model; anything else is a fault of ours and nobody's business.
    const output = thrown instanceof ToolError ? thrown.message : `The tool ${call.name} failed.`;
    return { ...result, output, isError: true, ...(thrown instanceof ToolRefusal && { isRefused: true }) };
  }
}

/** Some models count their calls anew with each answer. One whose id is taken gets another: its result, its approval and its record are found by it. */
function withOwnId(call: ToolCall, taken: Set<string>): ToolCall {
  let { id } = call;
  for (let number = 2; taken.has(id); number++) id = `${call.id}_${number}`;
  taken.add(id);
  return { ...call, id };
}

function parsedArguments({ arguments: text }: ToolCall): unknown {
  try {
    return text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return text;
  }
}
