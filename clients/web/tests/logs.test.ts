import { describe, expect, test } from "vitest";
import { lacksChromium } from "../../../contract-tests/harness/browser.ts";
import { openPage } from "./browser-page.ts";
import { useBrowser } from "./use-browser.ts";

/** Only how long a test waits before it fails; each try is a request of the key. */
const patience = { timeout: 15_000, interval: 300 };

describe.skipIf(lacksChromium)("the page of the logs, in chromium", () => {
  const world = useBrowser();
  const open = (path = "/app/logs", isPhone = false, token?: string) => openPage(world.browser, { url: world.url, path, isPhone, ...(token === undefined ? {} : { token }) });
  const ask = (agentId: string) => world.server.call("getAgent", { path: { agentId } });

  test.each([false, true])("shows lines, filters them, and follows (phone: %s)", async (isPhone) => {
    await world.server.call("listAgents");
    const page = await open("/app/logs", isPhone);
    const lines = page.getByRole("list", { name: "Lines" }).getByRole("listitem");
    await lines.first().waitFor();
    await page.expectFlawless("logs");
    const asked = isPhone ? "listChannels" : "listSkills";
    await page.getByLabel("Words in the line").fill(asked);
    await page.getByText("No line fits.").waitFor();

    await page.getByRole("button", { name: "Follow", exact: true }).click();
    await page.getByText("New lines come on top").waitFor();
    await expect.poll(async () => {
      await world.server.call(asked);
      return lines.count();
    }, patience).toBeGreaterThan(0);
    await lines.first().locator("summary").click();
    expect(await lines.first().innerText()).toMatch(new RegExp(`${asked}[^]*requestId\\s+req_`));
    await page.expectFlawless("logs-following");
    await page.getByRole("button", { name: "Stop following" }).click();
    await page.getByLabel("Level").selectOption({ label: "Fatal errors" });
    await page.getByText("No line fits.").waitFor();
  });

  test.each([false, true])("shows who asked for what, and finds it by operation and status (phone: %s)", async (isPhone) => {
    await ask("nobody");
    const page = await open("/app/logs", isPhone);
    await page.getByRole("link", { name: "Audit" }).click();
    const rows = page.getByRole("region", { name: "Calls" }).getByRole("row");
    await page.getByLabel("Operation").fill("getAgent");
    await page.getByLabel("Status").fill("404");
    await expect.poll(async () => {
      await page.getByRole("button", { name: "Refresh" }).click();
      return rows.last().innerText();
    }, patience).toMatch(/getAgent[^]*nobody[^]*404/);
    expect(await page.getByRole("region", { name: "Calls" }).innerText()).not.toContain("listLogs");
    await page.expectFlawless("audit");
    await page.getByLabel("Operation").fill("noSuchOperation");
    await page.getByText("No call fits.").waitFor();
  });

  test("shows a key of one workspace its own calls only", async () => {
    const { secret } = (await world.server.call("createKey", { json: { label: "Bound", permissions: ["logs:read"], workspaces: ["team"] } })).json(201);
    const page = await open("/app/logs", false, secret);
    await expect.poll(async () => {
      await page.getByRole("button", { name: "Refresh" }).click();
      return page.getByRole("region", { name: "Calls" }).innerText();
    }, patience).toContain("listLogs");
    expect(await page.getByRole("region", { name: "Calls" }).innerText()).not.toContain("createKey");
    expect(await page.getByRole("link", { name: "Gateway", exact: true }).count()).toBe(0);
    await page.expectFlawless("audit-bound");
  });
});
