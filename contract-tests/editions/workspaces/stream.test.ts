import { describe, expect, test } from "vitest";
import { textOf, typesOf, type DataEvent } from "../support/data-lines.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { aNumber, anId, containing } from "../support/shapes.ts";
import { appKey, workspacesFile } from "./settings-file.ts";

/** Reads a stream as the document's JavaScript client does: chunks to lines, and of the lines those that begin with `data: `. */
async function stream(url: string, message: string): Promise<DataEvent[]> {
  const answer = await fetch(`${url}/api/v1/messages/stream`, {
    method: "POST",
    headers: { Authorization: `Bearer ${appKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({ workspace: "team", userId: "api-user", message }),
  });
  const reader = answer.body!.getReader();
  const decoder = new TextDecoder();
  const events: DataEvent[] = [];
  let unfinished = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return events;
    unfinished += decoder.decode(value, { stream: true });
    const lines = unfinished.split("\n");
    unfinished = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("data: ")) events.push(JSON.parse(line.slice(6)) as DataEvent);
    }
  }
}

describe("the workspaces document's streaming client", () => {
  describeOnBackends(workspacesFile, (gateway) => {
    test("reads tokens and what they cost", async () => {
      const events = await stream(gateway.url, "Explain networks, with an ä and a 🕸");
      expect(typesOf(events)).toEqual(["token", "done"]);
      expect(textOf(events, "token")).toBe("You said: Explain networks, with an ä and a 🕸");
      expect(events.at(-1)).toMatchObject({ messageId: anId("msg"), tokensUsed: aNumber, latencyMs: aNumber });
    });

    test("sees the tools that are used", async () => {
      const events = await stream(gateway.url, "calculate 6*7");
      expect(typesOf(events)).toEqual(["tool_use", "tool_result", "token", "done"]);
      expect(events).toContainEqual(expect.objectContaining({ type: "tool_use", tool: "calculate", input: { expression: "6*7" } }));
      expect(events).toContainEqual(expect.objectContaining({ type: "tool_result", tool: "calculate", output: containing("42") }));
    });
  });
});
