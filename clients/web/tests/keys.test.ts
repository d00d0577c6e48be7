import { describe, expect, test } from "vitest";
import { lacksChromium } from "../../../contract-tests/harness/browser.ts";
import { readOnlyToken } from "../../../contract-tests/harness/gateway.ts";
import { openPage } from "./browser-page.ts";
import { useBrowser } from "./use-browser.ts";

describe.skipIf(lacksChromium)("the page of the keys, in chromium", () => {
  const world = useBrowser();
  const open = (isPhone = false) => openPage(world.browser, { url: world.url, path: "/app/keys", isPhone });
  const mayAsk = async (token: string) => (await world.server.call("getOwnKey", { token })).status;

  test.each([false, true])("makes, rotates and revokes a key, and shows each secret once (phone: %s)", async (isPhone) => {
    const page = await open(isPhone);
    const label = isPhone ? "Of the phone" : "Of the desk";
    const card = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: label }) });
    const secret = page.locator(".secret");

    await page.getByRole("button", { name: "New key" }).click();
    await page.getByLabel("What is it for?").fill(label);
    await page.getByLabel("One by one").check();
    await page.getByLabel("stats:read").check();
    await page.getByRole("textbox", { name: "Workspaces" }).fill("team, default");
    await page.getByLabel("Requests a minute").fill("12");
    await page.expectFlawless("key-form");
    await page.getByRole("button", { name: "Create key" }).click();
    const first = await secret.innerText();
    expect(await mayAsk(first)).toBe(200);
    await page.keyboard.press("Escape");
    await secret.waitFor();
    await page.getByRole("button", { name: "I have kept it" }).click();
    await card.getByText("12 requests a minute").waitFor();
    expect(await card.innerText()).toContain("stats:read");
    expect(await card.innerText()).toContain("Workspaces: team, default");
    expect(await page.content()).not.toContain(first);

    await card.getByRole("button", { name: "Rotate" }).click();
    await page.getByLabel("How long does the old one still work?").selectOption({ label: "It ends at once" });
    await page.getByRole("button", { name: "Rotate key" }).click();
    const second = await secret.innerText();
    await page.getByRole("button", { name: "I have kept it" }).click();
    await expect.poll(() => card.count()).toBe(2);
    expect([await mayAsk(first), await mayAsk(second)]).toEqual([401, 200]);

    const active = card.filter({ hasText: "active" });
    await active.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await mayAsk(second)).toBe(200);
    await active.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Revoke key" }).click();
    await expect.poll(() => active.count()).toBe(0);
    expect(await mayAsk(second)).toBe(401);
    await page.expectFlawless("keys");
  });

  test("says what is wrong with a key that cannot be made, and keeps what was typed", async () => {
    const page = await open();
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByLabel("What is it for?").fill("Late");
    await page.getByLabel("Ends on (UTC)").fill("2001-01-01");
    await page.getByRole("button", { name: "Create key" }).click();
    expect(await page.getByRole("alert").innerText()).toMatch(/\/expiresAt .+/);
    expect(await page.getByLabel("What is it for?").inputValue()).toBe("Late");
  });

  test("is not there for a key that may not see keys", async () => {
    const page = await openPage(world.browser, { url: world.url, path: "/app/keys", token: readOnlyToken });
    await page.getByRole("heading", { name: "This key may not open Keys" }).waitFor();
    expect(await page.getByRole("navigation").getByRole("link").allInnerTexts()).not.toContain("Keys");
    await page.expectFlawless("not-for-this-key");
  });
});
