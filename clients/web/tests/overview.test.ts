import { describe, expect, test } from "vitest";
import { scriptedPlatform } from "../../../contract-tests/fakes/scripted-connector.ts";
import { lacksChromium } from "../../../contract-tests/harness/browser.ts";
import { openPage, type OpenOptions } from "./browser-page.ts";
import { useBrowser } from "./use-browser.ts";


/** Only how long a test waits before it fails. */
const patience = { timeout: 15_000 };

describe.skipIf(lacksChromium)("the overview, in chromium", () => {
  const platform = scriptedPlatform();
  const world = useBrowser({
    provider: { models: [{ id: "gpt-5-mini", price: { input: 1000, output: 4000 } }] },
    connectors: platform.connectors,
    settings: { channels: { telegram: { botToken: "123:abc" } } },
  });
  const open = (options: Partial<OpenOptions> = {}) => openPage(world.browser, { url: world.url, path: "/app/overview", ...options });
  const say = async (workspace = "default") => (await world.server.call("sendMessage", { json: { message: "Hello there", workspace, userId: "anna" } })).json(200);
  const makeKey = async (json: object) => (await world.server.call("createKey", { json: { label: "Of the test", ...json } })).json(201).secret;

  test.each([false, true])("shows what was used, and how the parts fare (phone: %s)", async (isPhone) => {
    await say();
    await say("team");
    const page = await open({ isPhone });
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("img", { name: /^Messages by day/ }).waitFor();
    const { totals } = (await world.server.call("getStats")).json(200);
    expect(await page.locator(".chart").first().innerText()).toContain(String(totals.messages));
    expect(await page.getByRole("region", { name: "By workspace, as a table" }).innerText()).toMatch(/team\s+\d+/);
    expect(await page.getByRole("region", { name: "By user, as a table" }).innerText()).toContain("anna");
    expect(await page.getByRole("region", { name: "By model, as a table" }).innerText()).toContain("gpt-5-mini");
    expect(await page.getByRole("list", { name: "Parts" }).innerText()).toMatch(/telegram\s+connected[^]*openai\s+ok/);
    await page.expectFlawless("overview");
    await page.getByText("The days as a table").click();
    const today = new Date().toISOString().slice(0, 10);
    expect(await page.getByRole("row", { name: new RegExp(`^${today}`) }).innerText()).toContain("read");
    expect(await page.getByRole("region", { name: "By day" }).getByRole("row").count()).toBe(31);
    await page.expectFlawless("overview-table");
  });

  test("changes by itself when something happens, and asks for nothing to do so", async () => {
    const page = await open();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("img", { name: /^Messages by day/ }).waitFor();
    const messages = async () => Number((await page.locator(".chart strong").first().innerText()).replaceAll(",", ""));
    const before = await messages();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await say();
    await expect.poll(messages, patience).toBe(before + 1);
    const telegram = page.getByRole("list", { name: "Parts" }).getByRole("listitem").filter({ hasText: "telegram" });
    platform.become("disconnected", "the token was refused");
    await telegram.getByText("disconnected").waitFor();
    expect(await telegram.innerText()).toContain("the token was refused");
    expect(asked).toEqual([]);
    platform.become("connected");
    await telegram.getByText("connected", { exact: true }).waitFor();
  });

  test("hears by Server-Sent Events where no WebSocket can be had", async () => {
    const page = await open({ path: "/app/keys" });
    await page.evaluate("window.WebSocket = class extends EventTarget { constructor() { super(); setTimeout(() => this.dispatchEvent(new Event('close'))); } close() {} send() {} }");
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.locator(".chart strong").first().waitFor();
    const before = Number(await page.locator(".chart strong").first().innerText());
    await say();
    await expect.poll(async () => Number(await page.locator(".chart strong").first().innerText()), patience).toBe(before + 1);
  });

  test("comes back by itself when the connection was lost, and has missed nothing", async () => {
    const page = await open({ path: "/app/keys" });
    await page.evaluate("window.sockets = []; window.WebSocket = class extends WebSocket { constructor(url) { super(url); sockets.push(this); } }");
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.locator(".chart strong").first().waitFor();
    await say();
    const messages = async () => Number(await page.locator(".chart strong").first().innerText());
    const before = await messages();
    await page.evaluate("sockets.at(-1).close()");
    await page.getByText("Reconnecting…").waitFor();
    await say();
    await page.getByText("Live", { exact: true }).waitFor();
    await expect.poll(messages, patience).toBeGreaterThanOrEqual(before + 1);
    const { totals } = (await world.server.call("getStats")).json(200);
    await expect.poll(messages, patience).toBe(totals.messages);
  });

  test("is of one workspace, or of few days, when asked", async () => {
    await say("team");
    const page = await open();
    await page.getByLabel("Workspace", { exact: true }).selectOption({ label: "Team" });
    const { totals } = (await world.server.call("getStats", { query: { workspace: "team" } })).json(200);
    await expect.poll(() => page.locator(".chart strong").first().innerText(), patience).toBe(String(totals.messages));
    await page.getByLabel("Period (UTC)").selectOption({ label: "Last 7 days" });
    await page.getByText("The days as a table").click();
    await expect.poll(() => page.getByRole("region", { name: "By day" }).getByRole("row").count(), patience).toBe(8);
  });

  test("shows a key that may see statistics alone nothing else", async () => {
    const page = await open({ token: await makeKey({ permissions: ["stats:read"] }) });
    await page.getByRole("img", { name: /^Messages by day/ }).waitFor();
    expect(await page.getByRole("list", { name: "Parts" }).count()).toBe(0);
    expect(await page.getByRole("navigation", { name: "Pages" }).getByRole("link").allInnerTexts()).toEqual(["Overview"]);
    await page.expectFlawless("overview-stats-only");
  });

  test("says what to do when the key has asked for too much", async () => {
    const token = await makeKey({ rateLimit: 2, permissions: ["stats:read"] });
    const page = await open({ token });
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").innerText()).toMatch(/Too much at once[^]*You can try again in \d+ s/);
  });
});
