import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { type Signing, signedRequest } from "./signed-request.ts";

const at = Date.now();
const signing = (webhook: Partial<Signing["webhook"]> = {}): Signing => ({
  webhook: { edition: "workspaces", secret: "your-webhook-secret", previousSecret: null, previousUntil: null, ...webhook },
  deliveryId: "dlv_1",
  eventId: "evt_5c0e3a9f_000000000042",
  eventType: "message.sent",
  event: '{"id":"evt_5c0e3a9f_000000000042","event":"message.sent","data":{"response":"Grüße 👋"}}',
  at,
  version: "1.2.3",
});

const standard = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const older = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

describe("the package `standardwebhooks` verifies", () => {
  test("a secret of its own form", () => {
    const { body, headers } = signedRequest(signing({ secret: standard }));
    expect(new Webhook(standard).verify(body, headers)).toMatchObject({ event: "message.sent" });
    expect(() => new Webhook(standard).verify(`${body} `, headers)).toThrow("No matching signature found");
    expect(() => new Webhook(older).verify(body, headers)).toThrow("No matching signature found");
  });

  test("any other secret, as its text", () => {
    const { body, headers } = signedRequest(signing());
    expect(new Webhook("your-webhook-secret", { format: "raw" }).verify(body, headers)).toBeTruthy();
  });

  test("the body of the conversations edition, whose last member is a signature of its own", () => {
    const { body, headers } = signedRequest(signing({ edition: "conversations", secret: standard }));
    expect(new Webhook(standard).verify(body, headers)).toMatchObject({ signature: expect.stringMatching(/^sha256=[0-9a-f]{64}$/) });
  });

  test("both secrets while one is rotated, and the new one alone afterwards", () => {
    const during = signedRequest(signing({ secret: standard, previousSecret: older, previousUntil: at + 1 }));
    for (const secret of [standard, older]) expect(new Webhook(secret).verify(during.body, during.headers)).toBeTruthy();
    expect(during.headers["webhook-signature"]!.split(" ")).toHaveLength(2);
    const after = signedRequest(signing({ secret: standard, previousSecret: older, previousUntil: at }));
    expect(after.headers["webhook-signature"]!.split(" ")).toHaveLength(1);
    expect(after.headers["x-openclaw-signature"]).toBe(during.headers["x-openclaw-signature"]);
  });
});

test("the headers say what it is", () => {
  expect(signedRequest(signing()).headers).toMatchObject({
    "content-type": "application/json",
    "user-agent": "OpenClaw/1.2.3",
    "x-openclaw-event": "message.sent",
    "x-openclaw-delivery": "dlv_1",
    "webhook-id": "evt_5c0e3a9f_000000000042",
    "webhook-timestamp": String(Math.floor(at / 1000)),
  });
});
