import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lacksChromium, launchChromium } from "../../contract-tests/harness/browser.ts";
import { startTestGateway, type TestGateway } from "../../contract-tests/harness/gateway.ts";

/** Where the picture of the page is put, for a person to look at. */
const picture = join(tmpdir(), "openclaw-docs.png");

describe.skipIf(lacksChromium)("the reference at /docs, in chromium", () => {
  let gateway: TestGateway;
  let browser: Browser;
  beforeAll(async () => {
    gateway = await startTestGateway();
    browser = await launchChromium();
  }, 30_000);
  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
  });

  test("renders the operations, asks nobody but the gateway, and complains of nothing", { timeout: 60_000 }, async () => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));

    await page.goto(`${gateway.url}/docs`);
    await page.getByRole("heading", { name: "OpenClaw Gateway API" }).waitFor({ timeout: 30_000 });
    // The first group is open: what most people come for. The others are closed until they are asked for.
    await page.getByRole("link", { name: "Send a message to the agent" }).first().waitFor();
    for (const [group, operation] of Object.entries({ Sessions: "List conversations", OpenAI: "Create a chat completion" })) {
      await page.getByRole("button", { name: `Open Group - ${group}`, exact: true }).click();
      await page.getByRole("link", { name: operation }).first().waitFor();
    }
    await page.getByRole("link", { name: "Chat with an agent" }).first().click();
    await page.getByRole("heading", { name: "Chat with an agent", exact: true }).waitFor();
    await page.getByText("'http://127.0.0.1:18789/api/v1/chat'").first().waitFor();
    await page.screenshot({ path: picture });

    expect(complaints).toEqual([]);
    const abroad = requests.filter((url) => !url.startsWith(`${gateway.url}/`) && !url.startsWith("data:") && !url.startsWith("blob:"));
    expect(abroad).toEqual([]);
  });

  test("each operation is where the search looks for it", { timeout: 60_000 }, async () => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    await page.goto(`${gateway.url}/docs`);
    await page.getByRole("heading", { name: "OpenClaw Gateway API" }).waitFor({ timeout: 30_000 });
    for (const [words, heading, path] of [["webhooks rotate", "Rotate a webhook's secret", "POST/api/v1/webhooks/{webhookId}/rotate-secret"], ["listAgents", "List agents", "GET/api/v1/agents"]] as const) {
      await page.keyboard.press("Control+k");
      await page.keyboard.type(words);
      await page.getByRole("option", { name: heading }).waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: heading, exact: true }).waitFor({ timeout: 20_000 });
      expect(decodeURIComponent(new URL(page.url()).hash)).toContain(path);
    }
  });

  test("what a newcomer types is among the first three that the search finds", async () => {
    const page = await browser.newPage();
    await page.goto(`${gateway.url}/docs/start`);
    const wanted = {
      token: "2. Keep the token",
      stream: "Streams",
      "how to resume a stream": "A connection that breaks",
      "429": "Every code",
      "error codes": "Every code",
      "cancel a run": "Cancel a run",
      "delete session": "Delete an agent's session",
      "openai base url": "OpenAI's SDKs",
      cors: "Pages of other origins (CORS)",
      pagination: "Lists, page by page",
      "webhook signature": "Is it really the gateway?",
      port: "1. Start the gateway",
      go: "Go client",
    };
    const found: Record<string, string> = {};
    for (const [words, title] of Object.entries(wanted)) {
      await page.getByRole("combobox").fill(words);
      await page.getByRole("option").first().waitFor();
      const titles = await page.locator("#found a").evaluateAll((links) => links.slice(0, 3).map((link) => link.firstChild!.textContent!));
      found[words] = titles.find((one) => one === title) ?? titles.join(", ");
    }
    expect(found).toEqual(wanted);
  });

  test("a page of prose complains of nothing, and shows code in the language that was chosen once", async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${gateway.url}/docs/agents`);
    await page.getByRole("button", { name: "Rust" }).first().click();
    await page.getByRole("link", { name: "Streams" }).first().click();
    await page.getByText("reqwest::blocking").first().waitFor();
    expect(await page.getByText("from openclaw import").first().isVisible()).toBe(false);
    // There is no Rust in these samples: the first language stands in for it.
    await page.goto(`${gateway.url}/docs/clients`);
    expect(await page.getByRole("button", { name: "TypeScript" }).first().getAttribute("aria-pressed")).toBe("true");
    expect(await page.getByText("from openclaw import").first().isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });
});
