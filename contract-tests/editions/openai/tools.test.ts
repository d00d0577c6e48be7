import type { ChatCompletionFunctionTool, ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { describe, expect, test } from "vitest";
import { documentedModel } from "../support/backends.ts";
import { connect, describeWithOpenai } from "./gateway.ts";

const model = documentedModel;
const weatherTool: ChatCompletionFunctionTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false },
  },
};
/** Words that make each of the models call the tool. */
const question = { role: "user", content: 'call get_weather {"city":"Paris"}' } as const;

describe("tools of the caller's own, with the official client", () => {
  describeWithOpenai((gateway) => {
    test("are called as JSON, and their results are taken back", async () => {
      const client = connect(gateway);
      const messages: ChatCompletionMessageParam[] = [question];
      const asked = await client.chat.completions.create({ model, messages, tools: [weatherTool] });
      const choice = asked.choices[0]!;
      expect(choice).toMatchObject({ finish_reason: "tool_calls", message: { role: "assistant", content: null } });
      const [call, ...more] = choice.message.tool_calls ?? [];
      expect(more).toEqual([]);
      if (call?.type !== "function") throw new Error("no function was called");
      expect(call.function.name).toBe("get_weather");
      expect(JSON.parse(call.function.arguments)).toEqual({ city: "Paris" });

      messages.push(choice.message, { role: "tool", tool_call_id: call.id, content: "sunny, 21 °C" });
      const told = await client.chat.completions.create({ model, messages, tools: [weatherTool] });
      expect(told.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: expect.stringContaining("sunny, 21 °C") as unknown } });
    });

    test("are called in a stream, and their results are taken back in one", async () => {
      const { completions } = connect(gateway).chat;
      const call = { id: "", name: "", arguments: "" };
      const reasons: unknown[] = [];
      for await (const { choices } of await completions.create({ model, messages: [question], tools: [weatherTool], stream: true })) {
        for (const { delta, finish_reason: reason } of choices) {
          if (reason !== null) reasons.push(reason);
          for (const piece of delta.tool_calls ?? []) {
            expect(piece.index).toBe(0);
            call.id += piece.id ?? "";
            call.name += piece.function?.name ?? "";
            call.arguments += piece.function?.arguments ?? "";
          }
        }
      }
      expect(reasons).toEqual(["tool_calls"]);
      expect(call.name).toBe("get_weather");
      expect(JSON.parse(call.arguments)).toEqual({ city: "Paris" });

      const asked = { role: "assistant", content: null, tool_calls: [{ id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } }] } as const;
      const result = { role: "tool", tool_call_id: call.id, content: "rain" } as const;
      const told = await Array.fromAsync(await completions.create({ model, messages: [question, { ...asked, tool_calls: [...asked.tool_calls] }, result], tools: [weatherTool], stream: true }));
      expect(told.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toContain("rain");
    });

    // The client's helpers add members to the message that they give (`parsed`, `parsed_arguments`), and take it back so.
    test("go back as the client's own stream helper gives them", async () => {
      const { completions } = connect(gateway).chat;
      const asked = (await completions.stream({ model, messages: [question], tools: [weatherTool] }).finalChatCompletion()).choices[0]!;
      expect(asked.finish_reason).toBe("tool_calls");
      const result = { role: "tool", tool_call_id: asked.message.tool_calls?.[0]?.id ?? "", content: "rain" } as const;
      const told = completions.stream({ model, messages: [question, asked.message, result], tools: [weatherTool] });
      expect(await told.finalContent()).toContain("rain");
    });

    test.each([false, true])("are run by the client's own runner (stream: %s)", async (stream) => {
      const cities: unknown[] = [];
      const tool = {
        type: "function" as const,
        function: {
          name: "get_weather",
          description: "The weather of a city",
          parameters: weatherTool.function.parameters as Record<string, unknown>,
          parse: (text: string) => JSON.parse(text) as { city: string },
          function: ({ city }: { city: string }) => {
            cities.push(city);
            return `wind in ${city}`;
          },
        },
      };
      const { completions } = connect(gateway).chat;
      const runner = stream ? completions.runTools({ model, stream: true, messages: [question], tools: [tool] }) : completions.runTools({ model, messages: [question], tools: [tool] });
      expect(await runner.finalContent()).toContain("wind in Paris");
      expect(cities).toEqual(["Paris"]);
    });

    test("are left alone when they are forbidden, and called when they must be", async () => {
      const client = connect(gateway);
      const left = await client.chat.completions.create({ model, messages: [question], tools: [weatherTool], tool_choice: "none" });
      expect(left.choices[0]?.finish_reason).toBe("stop");
      const named = { type: "function", function: { name: "get_weather" } } as const;
      for (const choice of ["required", named] as const) {
        const forced = await client.chat.completions.create({ model, messages: [{ role: "user", content: "Hm" }], tools: [weatherTool], tool_choice: choice });
        expect(forced.choices[0]?.finish_reason).toBe("tool_calls");
      }
    });
  });
});
