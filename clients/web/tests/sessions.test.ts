import { describe, expect, test } from "vitest";
import { lacksChromium } from "../../../contract-tests/harness/browser.ts";
import { readOnlyToken } from "../../../contract-tests/harness/gateway.ts";
import { openPage, type OpenOptions } from "./browser-page.ts";
import { useBrowser } from "./use-browser.ts";

describe.skipIf(lacksChromium)("the page of the sessions, in chromium", () => {
  const world = useBrowser();
  const open = (options: Partial<OpenOptions> = {}) => openPage(world.browser, { url: world.url, path: "/app/sessions", ...options });
  const say = async (sessionId: string, message: string) => (await world.server.call("chat", { json: { sessionId, message } })).json(200);

  test.each([false, true])("finds, reads, clears and deletes a session (phone: %s)", async (isPhone) => {
    const id = isPhone ? "of-the-phone" : "of-the-desk";
    await say(id, `A question ${id}`);
    await say(`${id}-too`, "Something else");
    const page = await open({ isPhone });
    await page.getByRole("link", { name: "Something else" }).first().waitFor();
    await page.expectFlawless("sessions");
    await page.getByLabel("Search sessions").fill(`QUESTION ${id}`);
    await expect.poll(() => page.getByRole("listitem").filter({ hasText: "messages" }).count()).toBe(1);
    await page.getByRole("link", { name: `A question ${id}` }).click();
    await page.getByText(`You said: A question ${id}`).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/app/sessions/${id}`);
    await page.expectFlawless("session");

    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await page.getByRole("button", { name: "Clear session" }).click();
    await page.getByText("There is nothing in this session.").waitFor();
    expect((await world.server.call("getSession", { path: { sessionId: id } })).json(200).messages).toEqual([]);

    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.expectFlawless("session-delete");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    (await world.server.call("getSession", { path: { sessionId: id } })).json(200);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Delete session" }).click();
    await page.getByRole("heading", { name: "Sessions", exact: true }).waitFor();
    (await world.server.call("getSession", { path: { sessionId: id } })).json(404);
  });

  test("searches through all pages of the list", async () => {
    await say("the-oldest", "A needle");
    for (let nth = 0; nth < 55; nth++) await say(`hay-${nth}`, `Hay ${nth}`);
    const page = await open();
    await page.getByRole("button", { name: "Show more" }).waitFor();
    expect(await page.getByRole("link", { name: "A needle" }).count()).toBe(0);
    await page.getByLabel("Search sessions").fill("needle");
    await page.getByRole("link", { name: "A needle" }).waitFor();
    await page.getByLabel("Search sessions").fill("nothing like it");
    await page.getByText("No session fits “nothing like it”.").waitFor();
    // By its address it is found without the list.
    await page.goto(`${world.url}/app/sessions/the-oldest`);
    await page.getByRole("heading", { name: "A needle" }).waitFor();
    await page.getByRole("button", { name: "Clear", exact: true }).waitFor();
  });

  test("leads on to the chat", async () => {
    await say("to-go-on", "Once");
    const page = await open({ path: "/app/sessions/to-go-on" });
    await page.getByRole("link", { name: "Go on in the chat" }).click();
    await page.getByLabel("Message", { exact: true }).fill("Twice");
    await page.keyboard.press("Enter");
    await page.getByText("You said: Twice", { exact: true }).waitFor();
    expect((await world.server.call("getSession", { path: { sessionId: "to-go-on" } })).json(200).messageCount).toBe(4);
  });

  test("offers a key that may only read nothing else", async () => {
    await say("read-only", "For readers");
    const page = await open({ path: "/app/sessions/read-only", token: readOnlyToken });
    await page.getByText("You said: For readers").waitFor();
    expect(await page.getByRole("main").getByRole("button").count()).toBe(0);
    expect(await page.getByRole("link", { name: "Go on in the chat" }).count()).toBe(0);
  });
});
