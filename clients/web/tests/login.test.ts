import { describe, expect, test } from "vitest";
import { lacksChromium } from "../../../contract-tests/harness/browser.ts";
import { ownerToken, readOnlyToken } from "../../../contract-tests/harness/gateway.ts";
import { openPage, type OpenedPage, type OpenOptions } from "./browser-page.ts";
import { useBrowser } from "./use-browser.ts";

async function logIn(page: OpenedPage, token: string): Promise<void> {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Log in" }).click();
}

describe.skipIf(lacksChromium)("the login, in chromium", () => {
  const world = useBrowser();
  const open = (options: Partial<OpenOptions> = {}) => openPage(world.browser, { url: world.url, token: null, ...options });

  test.each([false, true])("takes a token, keeps it for the tab alone, and forgets it (phone: %s)", async (isPhone) => {
    const page = await open({ path: "/app/keys", isPhone });
    await page.getByRole("heading", { name: "OpenClaw Gateway" }).waitFor();
    expect(await page.evaluate("document.activeElement.id")).toBe("token");
    await page.expectFlawless("login");
    await logIn(page, ` ${ownerToken} `);
    // It goes on to the page that was asked for.
    await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
    expect(page.url()).toBe(`${world.url}/app/keys`);
    expect(await page.evaluate("JSON.stringify(localStorage)")).not.toContain(ownerToken);
    expect(await page.context().cookies()).toEqual([]);
    await page.reload();
    await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("Token").waitFor();
    expect(await page.evaluate("JSON.stringify(sessionStorage)")).toBe("{}");
    await page.reload();
    await page.getByLabel("Token").waitFor();
    expect(page.complaints).toEqual([]);
  });

  test("says what to do about a token that is wrong, or none at all", async () => {
    const page = await open();
    await logIn(page, "oc_tok_wrong");
    const alert = page.getByRole("alert");
    await alert.getByText("The token is not good.").waitFor();
    expect(await alert.innerText()).toContain("npx openclaw token create");
    await logIn(page, "smörgås");
    await alert.getByText("no accents").waitFor();
    await logIn(page, "");
    await alert.getByText("The token is not good.").waitFor();
  });

  test("says so when the gateway does not answer", async () => {
    const page = await open();
    await page.getByLabel("Token").waitFor();
    await page.route("**/api/**", (route) => route.abort());
    await logIn(page, ownerToken);
    expect(await page.getByRole("alert").innerText()).toMatch(/The gateway does not answer[^]*npx openclaw status/);
    await page.unroute("**/api/**");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
  });

  test("leads back here, and says why, when the key is revoked meanwhile", async () => {
    const { id, secret } = (await world.server.call("createKey", { json: { label: "Short", scopes: ["read"] } })).json(201);
    const page = await open({ token: secret, path: "/app/sessions" });
    await page.getByRole("heading", { name: "Sessions" }).waitFor();
    expect((await world.server.call("revokeKey", { path: { keyId: id } })).status).toBe(204);
    await page.reload();
    await page.getByRole("alert").getByText("The token is not good.").waitFor();
    expect(await page.getByRole("alert").innerText()).toContain("revoked");
  });
});

describe.skipIf(lacksChromium)("too many wrong tokens, in chromium", () => {
  const world = useBrowser();

  test("are told how long to wait", async () => {
    const page = await openPage(world.browser, { url: world.url, token: null });
    const alert = page.getByRole("alert");
    for (let nth = 0; nth < 30 && !(await alert.getByText("Too much at once.").isVisible()); nth++) {
      const answered = page.waitForResponse("**/keys/self");
      await logIn(page, `oc_tok_guess_${nth}`);
      await answered;
      await page.getByRole("button", { name: "Log in" }).waitFor();
    }
    expect(await alert.innerText()).toMatch(/You can try again in \d+ s/);
  });
});

describe.skipIf(lacksChromium)("the shell around the pages, in chromium", () => {
  const world = useBrowser();
  const open = (options: Partial<OpenOptions> = {}) => openPage(world.browser, { url: world.url, ...options });
  const ground = (page: OpenedPage) => page.evaluate("getComputedStyle(document.body).backgroundColor");

  test("shows what the key may see", async () => {
    const page = await open({ token: readOnlyToken });
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    expect(await page.getByRole("navigation", { name: "Pages" }).getByRole("link").allInnerTexts()).toEqual(["Overview", "Sessions", "Cron", "Webhooks"]);
  });

  test("answers every address of the app, and says when there is no such page", async () => {
    const page = await open({ path: "/app/nothing/here" });
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await page.getByRole("link", { name: "Go to Chat" }).click();
    await page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    expect(page.url()).toBe(`${world.url}/app/nothing/here`);
    await page.expectFlawless("no-page");
  });

  test("is used by keyboard alone: skip link, navigation, and the focus on what was opened", async () => {
    const page = await open({ path: "/app/keys" });
    await page.getByRole("heading", { name: "Keys" }).waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the page");
    await page.getByRole("link", { name: "Sessions" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Sessions" }).waitFor();
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    expect(await page.title()).toBe("Sessions · OpenClaw");
  });

  test("is light or dark as the system says, or as the reader does", async () => {
    const page = await open();
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    const light = await ground(page);
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await ground(page);
    expect(dark).not.toBe(light);
    await page.getByRole("button", { name: "Theme: system" }).click();
    expect(await ground(page)).toBe(light);
    await page.reload();
    await page.getByRole("button", { name: "Theme: light" }).click();
    await page.emulateMedia({ colorScheme: "light" });
    expect(await ground(page)).toBe(dark);
  });

  test("says so when a page's bundle is not there any more", async () => {
    const page = await open({ path: "/app/keys" });
    await page.getByRole("heading", { name: "Keys" }).waitFor();
    await page.route("**/assets/sessions-page-*.js", (route) => route.fulfill({ status: 404, contentType: "application/json", body: "{}" }));
    await page.getByRole("link", { name: "Sessions" }).click();
    expect(await page.getByRole("alert").innerText()).toContain("This page could not be loaded.");
  });
});
