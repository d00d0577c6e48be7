import { describe, expect, test } from "vitest";
import { sentUpstream } from "../support/backends.ts";
import { curl } from "../support/curl.ts";
import { dataLines, textOf, typesOf } from "../support/data-lines.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { lacksCurl } from "../support/programs.ts";
import { aNumber, anId } from "../support/shapes.ts";
import { operatorFile, token } from "./settings-file.ts";

const bearer = ["-H", `Authorization: Bearer ${token}`];
const json = ["-H", "Content-Type: application/json"];

describe("the operator document's curl commands", () => {
  describeOnBackends(operatorFile, (gateway, kind) => {
    const message = (body: object, ...more: string[]) => curl("-X", "POST", ...bearer, ...json, ...more, "-d", JSON.stringify(body), `${gateway.url}/api/v1/message`);

    test.skipIf(lacksCurl)("health is answered to the token", async () => {
      const answer = await curl(...bearer, `${gateway.url}/api/v1/health`);
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({ status: "ok" });
    });

    test.skipIf(lacksCurl)("the configuration is read, redacted, and updated", async () => {
      const config = `${gateway.url}/api/v1/config`;
      const read = await curl(...bearer, config);
      expect([read.status, read.json()]).toEqual([200, expect.objectContaining({ gateway: { auth: { enabled: true, token: "${GATEWAY_AUTH_TOKEN}" } } })]);
      expect(read.body).not.toContain(token);
      const updated = await curl("-X", "PUT", ...bearer, ...json, "-d", JSON.stringify({ ...(read.json() as object), logging: { level: "warn" } }), config);
      expect([updated.status, updated.json()]).toEqual([200, { config: { ...(read.json() as object), logging: { level: "warn" } }, restartRequired: [], warnings: [] }]);
    });

    test.skipIf(lacksCurl)("a message is answered as JSON", async () => {
      const answer = await message({ channel: "api", message: "How will the weather be?" });
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual({
        id: anId("msg"),
        conversation_id: anId("conv"),
        channel: "api",
        content: "You said: How will the weather be?",
        model: gateway.backend.answersAs,
        usage: { input_tokens: aNumber, output_tokens: aNumber },
        latency_ms: aNumber,
      });
    });

    test.skipIf(lacksCurl)("a message is answered as a stream to who accepts one", async () => {
      const answer = await message({ channel: "api", message: "Write a poem" }, "-H", "Accept: text/event-stream");
      expect(answer.status).toBe(200);
      expect(answer.contentType).toMatch(/^text\/event-stream/);
      const events = dataLines(answer.body);
      expect(typesOf(events)).toEqual(["start", "delta", "done"]);
      expect(events[0]).toMatchObject({ conversation_id: anId("conv") });
      expect(textOf(events, "delta")).toBe("You said: Write a poem");
    });

    test.skipIf(lacksCurl)("a conversation goes on by its id", async () => {
      const first = (await message({ channel: "internal", message: "apples" })).json() as { conversation_id: string };
      const second = await message({ channel: "internal", message: "pears", conversation_id: first.conversation_id });
      expect(second.json()).toMatchObject({ conversation_id: first.conversation_id, content: "You said: pears" });
    });

    if (kind === "embedded") test.skipIf(lacksCurl)("the embedded model remembers the conversation", async () => {
      const first = (await message({ channel: "internal", message: "apples" })).json() as { conversation_id: string };
      const second = await message({ channel: "internal", message: "What did I say first?", conversation_id: first.conversation_id });
      expect(second.json()).toMatchObject({ content: "You first said: apples" });
    });

    if (kind !== "embedded") test.skipIf(lacksCurl)("a provider is told the conversation", async () => {
      const first = (await message({ channel: "internal", message: "oranges" })).json() as { conversation_id: string };
      await message({ channel: "internal", message: "bananas", conversation_id: first.conversation_id });
      expect(JSON.stringify(sentUpstream(gateway.backend, "bananas"))).toContain("oranges");
    });

    test.skipIf(lacksCurl)("who does not wait is told at once where the run is", async () => {
      const answer = await message({ channel: "api", message: "In the background", wait_for_response: false });
      expect(answer.status).toBe(202);
      expect(answer.json()).toEqual({ run_id: anId("run"), conversation_id: anId("conv"), status: "running" });
    });

    // The embedded model is never late.
    if (kind !== "embedded") test.skipIf(lacksCurl)("an answer that takes too long is a 408 in the document's words", async () => {
      const answer = await message({ channel: "api", message: "Take your time [hang]", timeout_ms: 100 });
      expect(answer.status).toBe(408);
      expect(answer.json()).toMatchObject({ error: "timeout", status: 408, details: { run_id: anId("run") } });
    });
  });
});
