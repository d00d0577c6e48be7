import { APIError, AuthenticationError, BadRequestError, InternalServerError, NotFoundError, PermissionDeniedError } from "openai";
import { describe, expect, test } from "vitest";
import { documentedModel } from "../support/backends.ts";
import { connect, describeWithOpenai, readOnlyToken } from "./gateway.ts";

const model = documentedModel;
const saying = (content: string) => [{ role: "user" as const, content }];

/** What a call of the client throws. */
async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("It was expected to fail.");
}

describe("errors that the official client raises", () => {
  describeWithOpenai((gateway, kind) => {
    test("401: AuthenticationError", async () => {
      const failure = await failureOf(connect(gateway, "sk-nobody").chat.completions.create({ model, messages: saying("Hi") }));
      expect(failure).toBeInstanceOf(AuthenticationError);
      expect(failure).toMatchObject({ status: 401, code: "invalid_api_key", requestID: expect.any(String) as unknown });
    });

    test("403: PermissionDeniedError", async () => {
      const reader = connect(gateway, readOnlyToken);
      const failure = await failureOf(reader.chat.completions.create({ model, messages: saying("Hi") }));
      expect(failure).toBeInstanceOf(PermissionDeniedError);
      expect((await reader.models.list()).data).toHaveLength(1);
    });

    test.each([
      { param: "n", body: { n: 2 } },
      { param: "temperature", body: { temperature: 3 } },
      { param: "logit_bias", body: { logit_bias: { 50256: -100 } } },
      { param: "messages", body: { messages: [] } },
      { param: "messages[0].content", body: { messages: [{ role: "user", content: 7 }] } },
    ])("400: BadRequestError that names $param", async ({ param, body }) => {
      const request = { model, messages: saying("Hi"), ...body } as unknown as Parameters<ReturnType<typeof connect>["chat"]["completions"]["create"]>[0];
      const failure = await failureOf(connect(gateway).chat.completions.create(request));
      expect(failure).toBeInstanceOf(BadRequestError);
      expect(failure).toMatchObject({ status: 400, type: "invalid_request_error", param });
    });

    if (kind === "embedded") test("none for an unknown model where there is no provider: the embedded one says who it is", async () => {
      const completion = await connect(gateway).chat.completions.create({ model: "gpt-none", messages: saying("Hi") });
      expect(completion.model).toMatch(/^embedded\//);
    });

    if (kind !== "embedded") test("404: NotFoundError for a model that no provider has", async () => {
      const failure = await failureOf(connect(gateway).chat.completions.create({ model: "gpt-none", messages: saying("Hi") }));
      expect(failure).toBeInstanceOf(NotFoundError);
      expect(failure).toMatchObject({ status: 404, code: "model_not_found" });
    });

    if (kind !== "embedded") test("502: InternalServerError when the provider fails, before a stream as well", async () => {
      for (const stream of [false, true]) {
        const failure = await failureOf(connect(gateway).chat.completions.create({ model, messages: saying("Fail [html]"), stream }));
        expect(failure).toBeInstanceOf(InternalServerError);
        expect(failure).toMatchObject({ status: 502 });
      }
    });

    if (kind !== "embedded") test("a stream that breaks off raises APIError", async () => {
      const stream = await connect(gateway).chat.completions.create({ model, messages: saying("Break off in the middle of this [close-mid]"), stream: true });
      const failure = await failureOf(Array.fromAsync(stream));
      expect(failure).toBeInstanceOf(APIError);
    });
  });
});
