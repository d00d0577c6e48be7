import { describe, expect, test } from "vitest";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { aString } from "../support/shapes.ts";
import { operatorFile, token } from "./settings-file.ts";

describe("the operator document's errors", () => {
  describeOnBackends(operatorFile, (gateway) => {
    const send = (body: string, bearer = token): Promise<Response> =>
      fetch(`${gateway.url}/api/v1/message`, { method: "POST", headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" }, body });

    test("400 bad_request names every required parameter that is missing", async () => {
      const answer = await send("{}");
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({
        error: "bad_request",
        message: aString,
        status: 400,
        details: { errors: expect.arrayContaining([expect.objectContaining({ path: "/channel" }), expect.objectContaining({ path: "/message" })]) as unknown },
      });
    });

    test("400 bad_request for what is not JSON", async () => {
      const answer = await send('{"channel": "api", ');
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ error: "bad_request", message: aString, status: 400, details: {} });
    });

    test("401 unauthorized without the right token", async () => {
      const answer = await send('{"channel":"api","message":"Hi"}', "another-token");
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ error: "unauthorized", message: aString, status: 401, details: {} });
    });

    test("404 not_found for a conversation and for a path", async () => {
      for (const path of ["/api/v1/conversations/conv_nowhere", "/api/v1/nowhere"]) {
        const answer = await fetch(gateway.url + path, { headers: { Authorization: `Bearer ${token}` } });
        expect(answer.status).toBe(404);
        expect(await answer.json()).toMatchObject({ error: "not_found", message: aString, status: 404, details: {} });
      }
    });
  });
});
