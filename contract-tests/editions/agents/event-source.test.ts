import { EventSource } from "eventsource";
import { describe, expect, test } from "vitest";
import type { DataEvent } from "../support/data-lines.ts";
import { textOf, typesOf } from "../support/data-lines.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { agentsFile, token } from "./settings-file.ts";

describe("the agents document's EventSource", () => {
  describeOnBackends(agentsFile, (gateway) => {
    // An EventSource cannot be told that a stream is over: it comes back after some seconds, and must then be sent away.
    test("sees the whole answer once, and is sent away with 204 when it comes back", { timeout: 20_000 }, async () => {
      const query = new URLSearchParams({ agentId: "my-agent", message: "Hello", api_key: token });
      const events: DataEvent[] = [];
      const statuses: number[] = [];
      const source = new EventSource(`${gateway.url}/api/v1/chat/stream?${query.toString()}`, {
        fetch: async (url, init) => {
          const answer = await fetch(url, init);
          statuses.push(answer.status);
          return answer;
        },
      });
      source.onmessage = (event) => events.push(JSON.parse(event.data as string) as DataEvent);
      try {
        await new Promise<void>((resolve) => {
          source.onerror = () => {
            if (source.readyState === EventSource.CLOSED) resolve();
          };
        });
      } finally {
        source.close();
      }

      expect(statuses).toEqual([200, 204]);
      expect(typesOf(events)).toEqual(["start", "text", "end"]);
      expect(events.filter(({ type }) => type !== "text")).toHaveLength(2);
      expect(textOf(events, "text")).toContain("You said: Hello");

      const session = String(events[0]?.["sessionId"]);
      const detail = await fetch(`${gateway.url}/api/v1/agents/my-agent/sessions/${session}?api_key=${token}`);
      expect(await detail.json()).toMatchObject({ messageCount: 2, messages: [{ role: "user" }, { role: "assistant" }] });
    });

    test("is refused without a key, and does not try again", async () => {
      let calls = 0;
      const source = new EventSource(`${gateway.url}/api/v1/chat/stream?agentId=my-agent&message=Hello`, {
        fetch: (url, init) => {
          calls += 1;
          return fetch(url, init);
        },
      });
      const code = await new Promise((resolve) => (source.onerror = (event) => resolve(event.code)));
      expect({ code, calls, readyState: source.readyState }).toEqual({ code: 401, calls: 1, readyState: EventSource.CLOSED });
      source.close();
    });
  });
});
