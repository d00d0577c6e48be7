import { describe, expect, test } from "vitest";
import { lacksChromium } from "../../../contract-tests/harness/browser.ts";
import { openPage, type OpenedPage } from "./browser-page.ts";
import { useBrowser } from "./use-browser.ts";

/** Of the settings, what these tests look at. */
interface Written {
  agents: { list: { name?: string; description?: string }[] };
  gateway: Record<string, unknown>;
  logging?: Record<string, unknown>;
  gatway?: object;
}

describe.skipIf(lacksChromium)("the page of the settings, in chromium", () => {
  const world = useBrowser({ settings: { agents: { list: [{ id: "main" }] } } });
  const open = (isPhone = false) => openPage(world.browser, { url: world.url, path: "/app/settings", isPhone });
  const settings = async () => (await world.server.call("getSettings")).json(200) as unknown as Written;
  const editor = (page: OpenedPage) => page.getByLabel("Settings", { exact: true });
  async function edit(page: OpenedPage, change: (settings: Written) => void): Promise<void> {
    await editor(page).waitFor();
    const value = JSON.parse(await editor(page).inputValue()) as Written;
    change(value);
    await editor(page).fill(JSON.stringify(value));
  }

  test.each([false, true])("changes a setting after it has shown what changes (phone: %s)", async (isPhone) => {
    const name = isPhone ? "Phone" : "Desk";
    const page = await open(isPhone);
    await edit(page, ({ agents }) => (agents.list[0]!.name = name));
    await page.getByRole("button", { name: "Review changes" }).click();
    const diff = page.getByRole("region", { name: "Changes" });
    expect(await diff.locator(".added").allInnerTexts()).toContainEqual(expect.stringContaining(`"name": "${name}"`));
    await page.expectFlawless("settings-diff");
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByText("Saved.").waitFor();
    expect((await settings()).agents.list[0]?.name).toBe(name);
    expect((await world.server.call("listAgents")).json(200).agents[0]?.name).toBe(name);
    expect(await editor(page).inputValue()).toContain("[redacted:");
    await page.expectFlawless("settings");
  });

  test("names each fault with its line, and saves nothing", async () => {
    const page = await open();
    await edit(page, (value) => {
      value.logging = { level: "loud" };
      value.gatway = {};
    });
    await page.getByRole("button", { name: "Review changes" }).click();
    await page.getByRole("button", { name: "Save settings" }).click();
    const alert = page.getByRole("alert");
    await alert.getByText("/logging/level").waitFor();
    expect(await alert.innerText()).toMatch(/\/gatway/);
    await alert.getByRole("listitem").filter({ hasText: "/logging/level" }).getByRole("button").click();
    const selected = await page.evaluate("getSelection().toString()");
    expect(page.complaints.splice(0)).toEqual([expect.stringContaining("400")]);
    expect(selected).toContain('"level": "loud"');
    await page.expectFlawless("settings-faults");
    expect(await settings()).not.toHaveProperty("gatway");
  });

  test("says so when it is no JSON", async () => {
    const page = await open();
    await editor(page).fill("{ broken");
    await page.getByRole("button", { name: "Review changes" }).click();
    expect(await page.getByRole("alert").innerText()).toContain("This is not JSON");
    await page.getByRole("button", { name: "Discard" }).click();
    expect(JSON.parse(await editor(page).inputValue())).toEqual(await settings());
  });

  test("overwrites nobody who was faster, and shows the difference to what he has made", async () => {
    const page = await open();
    await edit(page, ({ agents }) => (agents.list[0]!.description = "Mine"));
    await world.server.call("updatePlainSettings", { json: { cron: { jobs: [] } } });
    await page.getByRole("button", { name: "Review changes" }).click();
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByRole("button", { name: "Compare with the new ones" }).click();
    expect(page.complaints.splice(0)).toEqual([expect.stringContaining("412")]);
    await page.locator(".diff .removed").getByText('"cron"').waitFor();
    await page.expectFlawless("settings-conflict");
    expect((await settings()).agents.list[0]?.description).toBeUndefined();
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByText("Saved.").waitFor();
    expect((await settings()).agents.list[0]?.description).toBe("Mine");
  });

  test("tells what waits for the next start", async () => {
    const page = await open();
    await edit(page, (value) => (value.logging = { ...value.logging, file: "gateway.log" }));
    await page.getByRole("button", { name: "Review changes" }).click();
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByText("with its next start only").waitFor();
    expect(await page.getByRole("status").innerText()).toContain("/logging/file");
  });

  test("asks twice before a change that would lock the reader out", async () => {
    const page = await open();
    await edit(page, (value) => (value.gateway["apiEnabled"] = false));
    await page.getByRole("button", { name: "Review changes" }).click();
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByRole("button", { name: "Save all the same" }).waitFor();
    expect(page.complaints.splice(0)).toEqual([expect.stringContaining("409")]);
    await page.expectFlawless("settings-lock-out");
    await page.getByRole("button", { name: "Go on editing" }).click();
    expect((await settings()).gateway["apiEnabled"]).not.toBe(false);
  });

  test("is read only for a key that may only read", async () => {
    const { secret: token } = (await world.server.call("createKey", { json: { label: "Reads", permissions: ["config:read"] } })).json(201);
    const page = await openPage(world.browser, { url: world.url, path: "/app/settings", token });
    await editor(page).waitFor();
    expect(await editor(page).getAttribute("readonly")).not.toBeNull();
    expect(await page.getByRole("button", { name: "Review changes" }).count()).toBe(0);
    await page.expectFlawless("settings-read-only");
  });
});
