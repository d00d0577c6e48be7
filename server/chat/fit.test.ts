import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelMessage } from "../providers/port.ts";
import { estimateRequestTokens } from "../providers/token-estimate.ts";
import { fitConversation, resultLeftOut } from "./fit.ts";

const text = fc.oneof(fc.string({ maxLength: 400 }), fc.string({ unit: "grapheme", maxLength: 100 }));

/** What the model asked for, with the results, and what it said then. */
const calls = fc.array(fc.record({ input: text, output: text }), { minLength: 1, maxLength: 3 }).map((made): ModelMessage[] => [
  { role: "assistant", content: "", toolCalls: made.map(({ input }, index) => ({ id: `c${index}`, name: "read", arguments: input })) },
  ...made.map(({ output }, index): ModelMessage => ({ role: "tool", callId: `c${index}`, content: output })),
]);
const said = text.map((content): ModelMessage[] => [{ role: "assistant", content }]);
const turn = fc.tuple(text, fc.array(fc.oneof(calls, said), { maxLength: 3 })).map(([content, rest]): ModelMessage[] => [{ role: "user", content }, ...rest.flat()]);

const conversation = fc.record({
  system: fc.array(text.map((content): ModelMessage => ({ role: "system", content })), { maxLength: 1 }),
  // One that was read up to a bound may begin with an answer.
  history: fc.tuple(fc.array(said, { maxLength: 1 }), fc.array(turn, { maxLength: 8 })).map((parts) => parts.flat(2)),
  asked: text.map((content): ModelMessage[] => [{ role: "user", content }]),
  added: fc.array(calls, { maxLength: 3 }).map((parts) => parts.flat()),
});
const budget = fc.integer({ min: 0, max: 2000 });

const shortest = estimateRequestTokens({ messages: [{ role: "tool", callId: "c", content: resultLeftOut }] });
const tokensOf = (messages: readonly ModelMessage[]) => estimateRequestTokens({ messages });

describe("a conversation that is fitted", () => {
  test("keeps the system's text, the question and all calls of the turn, and a whole end of the history", () => {
    fc.assert(
      fc.property(conversation, budget, (parts, tokens) => {
        const { messages, leftOut } = fitConversation(parts, tokens);
        const kept = parts.history.slice(leftOut);
        const untouched = [...parts.system, ...kept, ...parts.asked];
        expect(messages.slice(0, untouched.length)).toEqual(untouched);
        const added = messages.slice(untouched.length);
        expect(added.map((message) => (message.role === "tool" ? message.callId : message))).toEqual(parts.added.map((message) => (message.role === "tool" ? message.callId : message)));
        expect(leftOut === 0 || kept.length === 0 || kept[0]!.role === "user").toBe(true);
      }),
    );
  });

  test("has each result behind its call, and no call without its results", () => {
    fc.assert(
      fc.property(conversation, budget, (parts, tokens) => {
        const { messages } = fitConversation(parts, tokens);
        const called = messages.flatMap((message, index) => (message.role === "assistant" ? (message.toolCalls ?? []).map(({ id }, place) => [index + 1 + place, id]) : []));
        expect(messages.flatMap((message, index) => (message.role === "tool" ? [[index, message.callId]] : []))).toEqual(called);
      }),
    );
  });

  test("fits, unless nothing more could be left out", () => {
    fc.assert(
      fc.property(conversation, budget, (parts, allowed) => {
        const { messages, leftOut, tokens } = fitConversation(parts, allowed);
        expect(Math.ceil(tokens)).toBe(tokensOf(messages));
        const results = messages.slice(messages.length - parts.added.length).filter(({ role }) => role === "tool");
        const isLeftOut = leftOut === parts.history.length && results.every((result) => tokensOf([result]) <= shortest);
        expect(tokens <= allowed || isLeftOut).toBe(true);
      }),
    );
  });

  test("leaves out no more than it must: whole when it fits, turn by turn, and results last", () => {
    fc.assert(
      fc.property(conversation, budget, (parts, allowed) => {
        const { messages, leftOut } = fitConversation(parts, allowed);
        const whole = [...parts.system, ...parts.history, ...parts.asked, ...parts.added];
        expect(tokensOf(whole) > allowed || messages.length === whole.length).toBe(true);
        // With the turn left out last it would have been too much.
        const last = Math.max(0, parts.history.slice(0, leftOut).findLastIndex(({ role }) => role === "user"));
        expect(leftOut === 0 || tokensOf([...parts.system, ...parts.history.slice(last), ...parts.asked, ...parts.added]) > allowed).toBe(true);
        expect(leftOut === parts.history.length || messages.every(({ content }) => content !== resultLeftOut)).toBe(true);
      }),
    );
  });
});
