import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { lacksChromium } from "../../../contract-tests/harness/browser.ts";
import { startCuttingProxy } from "../../typescript/tests/cutting-proxy.ts";
import { openPage, type OpenOptions } from "./browser-page.ts";
import { useBrowser } from "./use-browser.ts";

const agents = {
  default: "main",
  list: [
    { id: "main", name: "Main", description: "Answers whatever you ask.", tools: ["calculate", "write"] },
    { id: "other", name: "Other", tools: [] },
  ],
};

describe.skipIf(lacksChromium)("the chat, in chromium", () => {
  const world = useBrowser({ settings: { agents, tools: { allow: ["*", "write"], ask: ["write"] } } });
  const open = (options: Partial<OpenOptions> = {}) => openPage(world.browser, { url: world.url, ...options });
  const say = async (page: Page, text: string) => {
    await page.getByLabel("Message", { exact: true }).fill(text);
    await page.keyboard.press("Enter");
  };
  const answer = (page: Page) => page.getByRole("article", { name: "Answer" }).last();
  const ended = (page: Page) => answer(page).getByText("gpt-5-mini").waitFor();
  const makeKey = async (json: object) => (await world.server.call("createKey", { json: { label: "Of the test", ...json } })).json(201).secret;

  test.each([false, true])("holds a conversation, and finds it again (phone: %s)", async (isPhone) => {
    const page = await open({ isPhone });
    const topic = isPhone ? "telephones" : "desks";
    await page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
    await page.expectFlawless("chat-new");
    await say(page, `Tell me of ${topic}:\n\n- one **bold** point\n- and \`code\`\n\n\`\`\`js\nconst answer = 42;\n\`\`\`\n\n| a | b |\n|---|---|\n| 1 | 2 |`);
    await ended(page);
    expect(await answer(page).locator("strong").innerText()).toBe("bold");
    expect(await answer(page).locator("pre").innerText()).toBe("const answer = 42;\n");
    expect(await answer(page).locator("footer").innerText()).toMatch(/\d+ tokens in, \d+ out/);
    await page.expectFlawless("chat");

    const { pathname } = new URL(page.url());
    expect(pathname).toMatch(/^\/app\/chat\/sess_/);
    await say(page, "And more");
    await answer(page).getByText("You said: And more").waitFor();
    await ended(page);
    expect(new URL(page.url()).pathname).toBe(pathname);

    await page.reload();
    await answer(page).getByText("You said: And more").waitFor();
    if (isPhone) await page.getByRole("button", { name: "Show the sessions" }).click();
    await page.getByRole("link", { name: "New session" }).click();
    await page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
    if (isPhone) await page.getByRole("button", { name: "Show the sessions" }).click();
    await page.getByLabel("Search sessions").fill(topic);
    if (isPhone) await page.expectFlawless("chat-list");
    await page.getByRole("link", { name: new RegExp(`^Tell me of ${topic}`) }).click();
    await answer(page).getByText("You said: And more").waitFor();
    await page.expectFlawless("chat-again");
  });

  test("copies code with a button", async () => {
    const page = await open();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await say(page, "Say:\n\n```sh\necho hello\n```");
    await ended(page);
    await page.getByRole("button", { name: "Copy code" }).click();
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe("echo hello");
  });

  test("shows what is hostile as text: nothing of it runs, loads or leads to a script", async () => {
    const page = await open();
    await say(page, 'Look: <script>document.title = "hacked"</script> <img src="https://evil.example/a.png" onerror="alert(1)"> ![B](https://evil.example/b.png) [C](javascript:alert(1)) <p style="color:red" onclick="alert(1)">d</p>\n\n<iframe src="https://evil.example"></iframe>\n\n<style>body { display: none }</style>');
    await ended(page);
    const text = await answer(page).innerText();
    for (const shown of ["<script>", "<img", "<iframe", "<style>"]) expect(text).toContain(shown);
    expect(await answer(page).locator("script, img, iframe, style, [style], [onclick], a[href^=javascript]").count()).toBe(0);
    // A picture is a link that somebody may follow; a link to a script is none.
    expect(await answer(page).getByRole("link").evaluateAll((links) => links.map((link) => `${link.textContent} ${link.getAttribute("href")} ${link.getAttribute("rel")}`))).toEqual(["B https://evil.example/b.png noopener noreferrer"]);
    expect(await page.title()).toBe("Chat · OpenClaw");
    await page.expectFlawless("chat-hostile");
  });

  test("talks to the agent that is picked", async () => {
    const page = await open();
    await page.getByLabel("Agent").selectOption("Other");
    await say(page, "Hello other");
    await ended(page);
    expect(await page.locator(".chat-head .badge").innerText()).toBe("other");
  });

  test("shows a tool's call with its input and result folded", async () => {
    const page = await open();
    await say(page, "calculate 6*7");
    await ended(page);
    const call = answer(page).getByRole("group").filter({ hasText: "calculate" });
    expect(await call.getByText("Result").isVisible()).toBe(false);
    await call.getByText("done").click();
    expect(await call.innerText()).toMatch(/"expression": "6\*7"[^]*Result\n42/);
    await page.expectFlawless("chat-tool");
  });

  test.each([true, false])("asks before a call that needs a person's yes, and obeys (%s)", async (yes) => {
    const page = await open();
    const path = `approved-${yes}.txt`;
    await say(page, `call write {"path":"${path}","content":"new"}`);
    await page.getByRole("group", { name: "May write run?" }).waitFor();
    await page.expectFlawless("chat-approval");
    await page.getByRole("button", { name: yes ? "Yes, run it" : "No" }).click();
    await answer(page).locator(".markdown").getByText(yes ? /The tool says/ : /was not approved/).waitFor();
    await ended(page);
    const files = await readdir(join(world.server.gateway.stateDir, "workspace")).catch(() => [] as string[]);
    expect(files.includes(path)).toBe(yes);
  });

  test("stops an answer, and keeps what was said so far", async () => {
    const page = await open();
    await say(page, "Go on [slow 2000]");
    await answer(page).getByText("slow3").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await answer(page).getByText("Stopped.").waitFor();
    expect(await answer(page).innerText()).toContain("slow3");
    await page.getByRole("button", { name: "Send" }).waitFor();
  });

  test("takes a stream up again that was cut, with nothing lost or doubled", async () => {
    const proxy = await startCuttingProxy(world.url, { times: 2, writesBefore: 3 });
    const page = await open({ url: proxy.url });
    await say(page, "Count [slow 60]");
    await page.getByText("The connection was lost. Reconnecting; nothing of the answer is lost.").waitFor();
    await ended(page);
    expect(proxy.cuts).toBe(2);
    expect(await answer(page).locator(".markdown").innerText()).toBe(Array.from({ length: 60 }, (_, at) => `slow${at}`).join(" "));
    await page.context().close();
    await proxy.close();
  });

  test("takes an answer up again after the page was loaded anew", async () => {
    const page = await open();
    await say(page, "Count on [slow 150]");
    await answer(page).getByText("slow3").waitFor();
    await page.reload();
    await answer(page).getByText("slow149").waitFor();
    await ended(page);
    expect(await page.getByRole("article", { name: "Question" }).count()).toBe(1);
    expect(await page.locator(".markdown", { hasText: "slow149" }).count()).toBe(1);
  });

  test("says what to do when it is too fast, and lets it be sent again after the pause", async () => {
    const page = await open({ token: await makeKey({ rateLimit: 5 }) });
    await page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
    for (let sent = 0; sent < 5 && !(await page.getByRole("alert").first().isVisible()); sent++) {
      await say(page, "Hello");
      await page.getByRole("button", { name: "Stop" }).waitFor({ state: "detached" });
    }
    const alert = page.getByRole("alert").last();
    expect(await alert.innerText()).toMatch(/Too much at once[^]*You can try again in \d+ s/);
    expect(await alert.getByRole("button", { name: "Try again" }).isDisabled()).toBe(true);
  });

  test("says what went wrong at the provider's, and tries again", async () => {
    const page = await open();
    await say(page, "Hello [500-once]");
    expect(await page.getByRole("alert").innerText()).toContain("The gateway could not do it.");
    await page.getByRole("button", { name: "Try again" }).click();
    await answer(page).getByText("You said: Hello").waitFor();
  });

  test("pages through a long history", async () => {
    for (let nth = 1; nth <= 20; nth++) (await world.server.call("chat", { json: { sessionId: "long-one", message: `Number ${nth}.` } })).json(200);
    const page = await open({ path: "/app/chat/long-one" });
    const messages = page.getByRole("log");
    await page.getByText("You said: Number 20.").waitFor();
    expect(await messages.getByText("Number 1.", { exact: true }).count()).toBe(0);
    await page.getByRole("button", { name: "Show earlier messages" }).click();
    await messages.getByText("Number 1.", { exact: true }).waitFor();
    expect(await page.getByRole("article").count()).toBe(40);
    expect(await page.getByRole("button", { name: "Show earlier messages" }).count()).toBe(0);
  });

  test("says so when there is no such session", async () => {
    const page = await open({ path: "/app/chat/nobody-knows-it" });
    expect(await page.getByRole("alert").innerText()).toContain("It is not there.");
  });

  test("works with a key that may talk and do nothing else", async () => {
    const page = await open({ token: await makeKey({ permissions: ["messages:write"] }) });
    await say(page, "Hello");
    await answer(page).getByText("You said: Hello").waitFor();
    await answer(page).getByText("tokens in").waitFor();
    expect(await page.getByRole("navigation").getByRole("link").allInnerTexts()).toEqual(["Chat"]);
    await page.expectFlawless("chat-only");
  });
});
