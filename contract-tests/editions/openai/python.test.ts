import { describe, expect, test } from "vitest";
import { documentedModel } from "../support/backends.ts";
import { lacksPythonOpenai } from "../support/programs.ts";
import { python } from "../support/python.ts";
import { describeWithOpenai, token } from "./gateway.ts";

describe("OpenAI's Python client", () => {
  describeWithOpenai((gateway) => {
    test.skipIf(lacksPythonOpenai)("completes, streams, lists models, and raises its own errors", { timeout: 20_000 }, async () => {
      const printed = await python(new URL("client.py", import.meta.url), gateway.url, token, documentedModel);
      expect(printed).toEqual([expect.stringContaining("You said: Hi from Python"), expect.stringContaining("You said: Hi from Python"), ["model"], { param: "n" }]);
    });
  });
});
