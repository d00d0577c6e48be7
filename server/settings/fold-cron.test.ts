import { describe, expect, it } from "vitest";
import { faultsOf, load } from "./test-home.ts";

describe("the webhook that a job names", () => {
  const webhook = { url: "https://app.example/?key=dear", secret: "s", events: ["*"] };
  const api = { webhooks: { outgoing: [webhook] } };
  /** One of each form, of one URL. */
  const both = { api, webhooks: { outbound: [webhook] } };
  const idsIn = async (file: object) => (await load(file)).settings.webhooks.endpoints.map(({ id }) => id);
  const naming = (named: string, file: object) => load({ ...file, cron: { jobs: [{ id: "a", everyMs: 1000, message: "m", deliver: { webhook: named } }] } });
  const deliverOf = async (named: string, file: object) => (await naming(named, file)).settings.cron.jobs[0]?.deliver;

  it("is found by its url, and by its id", async () => {
    const [outgoing, outbound] = await idsIn(both);
    expect(await deliverOf(webhook.url, { api })).toEqual({ webhook: outgoing });
    expect(await deliverOf(outbound!, both)).toEqual({ webhook: outbound });
  });

  it("must be there, once; a fault says which there are, and no secret of their urls", async () => {
    const ids = await idsIn(both);
    const at = "/cron/jobs/0/deliver/webhook";
    expect(await faultsOf(naming("https://hook.example", both))).toEqual([
      `${at} must be the url or the id of one of the webhooks of these settings (https://app.example/?key=[redacted] is ${ids[0]}, https://app.example/?key=[redacted] is ${ids[1]}).`,
    ]);
    expect(await faultsOf(naming(webhook.url, both))).toEqual([`${at} is the url of several webhooks: name one of them by its id (${ids.join(", ")}).`]);
  });
});
