import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWebhookReceiver, type WebhookReceiver } from "../../../contract-tests/fakes/webhook-receiver.ts";
import { lacksChromium } from "../../../contract-tests/harness/browser.ts";
import { Webhook } from "standardwebhooks";
import { openPage } from "./browser-page.ts";
import { useBrowser } from "./use-browser.ts";

/** Only how long a test waits before it fails. */
const patience = { timeout: 15_000, interval: 300 };

describe.skipIf(lacksChromium)("the page of webhooks, in chromium", () => {
  const world = useBrowser({ settings: { network: { allowPrivate: ["127.0.0.1"] } } });
  const open = (path = "/app/webhooks", isPhone = false) => openPage(world.browser, { url: world.url, path, isPhone });
  let isUp = true;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    receiver = await startWebhookReceiver({ react: (_delivery, response) => void response.writeHead(isUp ? 204 : 503).end() });
  });
  afterAll(() => receiver.close());
  const say = async () => (await world.server.call("sendMessage", { json: { message: "Hello" } })).json(200);
  const receivedBy = (path: string) => receiver.received.filter((delivery) => delivery.path === path);

  test.each([false, true])("makes a webhook, tests it, shows what it was sent, and sends it again (phone: %s)", async (isPhone) => {
    isUp = true;
    const path = isPhone ? "/phone" : "/desk";
    const url = new URL(path, receiver.url).href;
    const page = await open("/app/webhooks", isPhone);
    await page.getByRole("button", { name: "New webhook" }).click();
    await page.getByLabel("Address").fill(url);
    await page.getByLabel("Everything").uncheck();
    await page.getByRole("checkbox", { name: /^message.sent/ }).check();
    await page.getByLabel("Attempts at most").fill("1");
    await page.getByLabel("At once at most").fill("2");
    await page.expectFlawless("webhook-form");
    await page.getByRole("button", { name: "Create webhook" }).click();
    const secret = await page.locator(".secret").innerText();
    await page.expectFlawless("webhook-secret");
    await page.getByRole("button", { name: "I have kept it" }).click();
    await page.getByRole("heading", { name: url }).waitFor();
    await page.getByText("2 at once").waitFor();
    expect(await page.content()).not.toContain(secret);

    await page.getByRole("button", { name: "Send a test" }).click();
    await page.getByText("It answered 204").waitFor();
    expect(receivedBy(path).at(-1)?.event.event).toBe("webhook.test");

    await say();
    await expect.poll(() => receivedBy(path).length, patience).toBe(2);
    const { raw, headers } = receivedBy(path)[1]!;
    expect(() => new Webhook(secret).verify(raw, headers as Record<string, string>)).not.toThrow();
    const deliveries = page.getByRole("listitem", { name: "message.sent" });
    await page.getByRole("button", { name: "Refresh" }).click();
    await deliveries.filter({ hasText: "delivered" }).first().waitFor();

    isUp = false;
    await say();
    await expect.poll(() => receivedBy(path).length, patience).toBe(3);
    const dead = deliveries.filter({ hasText: "given up" });
    await expect.poll(async () => {
      await page.getByRole("button", { name: "Refresh" }).click();
      return dead.count();
    }, patience).toBeGreaterThan(0);
    await dead.first().getByText("It answered 503").waitFor();
    await page.expectFlawless("webhook");

    await page.getByRole("button", { name: "Send a test" }).click();
    await page.getByText("not delivered").waitFor();
    isUp = true;
    const failed = receivedBy(path)[2]!.event.id;
    await dead.first().getByRole("button", { name: "Send again" }).click();
    await expect.poll(() => receivedBy(path).filter(({ event }) => event.id === failed).length, patience).toBe(2);

    await page.getByRole("button", { name: "Send many again" }).click();
    await page.getByLabel("Which").last().selectOption({ label: "Those that were delivered" });
    await page.getByRole("dialog").getByRole("button", { name: "Send again" }).click();
    await page.getByText(/^(1 delivery|2 deliveries) sent again\.$/).waitFor();
    await page.expectFlawless("webhook-replay");
    await page.getByRole("button", { name: "Close" }).click();

    await page.getByRole("button", { name: "Rotate secret" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Rotate secret" }).click();
    expect(await page.locator(".secret").innerText()).not.toBe(secret);
    await page.getByRole("button", { name: "I have kept it" }).click();

    await page.getByRole("button", { name: "Change" }).click();
    await page.getByLabel("What is it for?").fill("Of the test");
    await page.getByLabel("Switched on").uncheck();
    await page.getByRole("button", { name: "Save webhook" }).click();
    await page.getByText("Of the test").waitFor();
    await page.getByText("off", { exact: true }).waitFor();
    await page.getByRole("link", { name: "All webhooks" }).click();
    await page.getByRole("link", { name: url }).waitFor();
    await page.expectFlawless("webhooks");
    await page.getByRole("link", { name: url }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete webhook" }).click();
    await page.getByRole("heading", { name: "Webhooks" }).waitFor();
    expect((await world.server.call("listWebhooks")).json(200).webhooks).toEqual([]);
  });

  test("lists what was given up, and sends it again from there", async () => {
    isUp = false;
    const { id } = (await world.server.call("createWebhook", { json: { url: new URL("/dead", receiver.url).href, events: ["message.sent"], maxAttempts: 1 } })).json(201);
    await say();
    await expect.poll(async () => (await world.server.call("listDeadLetters")).json(200).deadLetters.length, patience).toBe(1);
    const page = await open("/app/webhooks/dead-letters");
    const letter = page.getByRole("listitem", { name: "message.sent" });
    await letter.waitFor();
    await page.expectFlawless("dead-letters");
    isUp = true;
    await letter.getByRole("button", { name: "Send again" }).click();
    await page.getByText("Nothing was given up.").waitFor();
    await expect.poll(() => receivedBy("/dead").length, patience).toBe(2);
    await world.server.call("deleteWebhook", { path: { webhookId: id } });
  });

  test("says what is wrong with an address that is not allowed", async () => {
    const page = await open();
    await page.getByRole("button", { name: "New webhook" }).click();
    await page.getByLabel("Address").fill("ftp://files.example/");
    await page.getByRole("button", { name: "Create webhook" }).click();
    expect(await page.getByRole("alert").innerText()).toMatch(/http/);
    expect(await page.getByLabel("Address").inputValue()).toBe("ftp://files.example/");
  });
});
