import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { lacksChromium, launchChromium } from "../harness/browser.ts";
import { agentsFile, token } from "./agents/settings-file.ts";
import { appToken, conversationsFile } from "./conversations/settings-file.ts";
import { startWithFile, type SettingsFile } from "./support/documented-gateway.ts";
import { anId } from "./support/shapes.ts";

// The web pages of two documents, in a real browser, on an origin that is not the gateway's: what CORS is for.

let browser: Browser;
let pages: Server[];
/** The origin that the settings list, and one that they do not. */
let [listed, unlisted] = ["", ""];

/** Serves an empty page, on an origin of its own. */
async function servePage(): Promise<[Server, string]> {
  const server = createServer((_request, response) => response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>Page</title>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return [server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
}

/** Starts a gateway whose settings list the page's origin in the place of the document's example. */
async function start(file: SettingsFile): Promise<string> {
  const { url, close } = await startWithFile({ ...file, text: file.text.replace("https://app.example", listed) });
  onTestFinished(close);
  return url;
}

/** The conversations document's settings, with the CORS that its page needs. */
function conversationsFileWithCors(): SettingsFile {
  const file = conversationsFile("");
  const security = '"security": { "cors": { "enabled": true, "origins": ["https://app.example"], "methods": ["GET", "POST", "DELETE"] } },';
  return { ...file, text: file.text.replace('"enabled": true,', `"enabled": true, ${security}`) };
}

async function openPage(origin: string): Promise<Page> {
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(origin);
  return page;
}

/** What a page sees of an answer; null where the browser does not show it. */
function fetchIn(page: Page, url: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  return page.evaluate(
    async ([address, options]) => {
      const answer = await fetch(address, options).catch(() => null);
      return answer && { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
    },
    [url, init] as const,
  );
}

/** The texts of an EventSource's events until one of them ends the stream, or `refused`. */
function listenIn(page: Page, url: string): Promise<string[]> {
  return page.evaluate(
    (address) =>
      new Promise<string[]>((resolve) => {
        const source = new EventSource(address);
        const texts: string[] = [];
        const end = (result: string[]) => {
          source.close();
          resolve(result);
        };
        source.onmessage = ({ data }: { data: string }) => {
          const event = JSON.parse(data) as { type: string; content?: string };
          if (event.type === "text") texts.push(event.content ?? "");
          if (event.type === "end") end(texts);
        };
        source.onerror = () => end(["refused"]);
      }),
    url,
  );
}

describe.skipIf(lacksChromium)("a page of another origin, in chromium", () => {
  beforeAll(async () => {
    const served = [await servePage(), await servePage()] as const;
    pages = served.map(([server]) => server);
    [listed, unlisted] = served.map(([, origin]) => origin) as [string, string];
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    for (const page of pages ?? []) page.close();
  });

  test("the agents document's EventSource, with the key in its address", async () => {
    const url = await start(agentsFile(""));
    const query = new URLSearchParams({ agentId: "my-agent", message: "Hello", api_key: token }).toString();
    expect((await listenIn(await openPage(listed), `${url}/api/v1/chat/stream?${query}`)).join("")).toContain("You said: Hello");
    expect(await listenIn(await openPage(unlisted), `${url}/api/v1/chat/stream?${query}`)).toEqual(["refused"]);
  });

  test("the conversations document's fetch: a preflight first, then an answer whose headers the page may read", async () => {
    const url = await start(conversationsFileWithCors());
    const page = await openPage(listed);
    const chat = (message: string, bearer = appToken) =>
      fetchIn(page, `${url}/api/v1/chat`, { method: "POST", headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" }, body: JSON.stringify({ message, conversationId: null }) });

    const answer = await chat("Hello");
    expect(answer?.status).toBe(200);
    const { content, conversationId } = JSON.parse(answer?.text ?? "") as { content: string; conversationId: string };
    expect({ content, conversationId }).toEqual({ content: expect.stringContaining("You said: Hello"), conversationId: anId("conv") });
    expect(answer?.headers["x-request-id"]).toMatch(/^req_/);
    expect(answer?.headers["x-run-id"]).toMatch(/^run_/);

    // It may read why it was refused, too.
    const refused = await chat("Hello", "nobody");
    expect([refused?.status, refused?.headers["www-authenticate"], refused?.headers["x-request-id"]]).toEqual([401, expect.stringMatching(/^Bearer/), expect.stringMatching(/^req_/)]);

    const conversation = `${url}/api/v1/conversations/${conversationId}`;
    const authorization = { Authorization: `Bearer ${appToken}` };
    // A method that the settings do not list does not leave the browser; one that they do, does.
    expect(await fetchIn(page, conversation, { method: "PATCH", headers: authorization })).toBeNull();
    expect((await fetchIn(page, conversation, { method: "DELETE", headers: authorization }))?.status).toBe(204);
  });

  test.each(["listed", "unlisted"] as const)("the conversations document's own page (7.3) holds a conversation from an origin that is listed, and from no other: %s", async (which) => {
    const url = await start(conversationsFileWithCors());
    const written = await readFile(new URL("conversations/web-page.html", import.meta.url), "utf8");
    const body = written.replace("http://localhost:18789", url).replace("oc_tok_a1b2c3d4e5f6g7h8i9j0", appToken);
    const page = await openPage(which === "listed" ? listed : unlisted);
    await page.setContent(body);
    const shown = page.locator(".message");
    await page.getByPlaceholder("Type a message...").fill("First");
    await page.getByRole("button", { name: "Send" }).click();
    await expect.poll(() => shown.count()).toBe(2);
    if (which === "unlisted") return expect(await shown.last().innerText()).toContain("An error occurred");
    await page.getByPlaceholder("Type a message...").fill("Second");
    await page.keyboard.press("Enter");
    await expect.poll(() => shown.count()).toBe(4);
    expect(await shown.allInnerTexts()).toEqual(["First", expect.stringContaining("You said: First"), "Second", expect.stringContaining("You said: Second")]);
    const list = await fetch(`${url}/api/v1/conversations`, { headers: { Authorization: `Bearer ${appToken}` } });
    expect(await list.json()).toMatchObject({ conversations: [{ title: "First", messageCount: 4 }] });
  });

  test("a page of an origin that is not listed sees nothing, with a key or without", async () => {
    const url = await start(agentsFile(""));
    const page = await openPage(unlisted);
    expect(await fetchIn(page, `${url}/api/v1/agents`, { headers: { Authorization: `Bearer ${token}` } })).toBeNull();
    expect(await fetchIn(page, `${url}/api/v1/agents?api_key=${token}`)).toBeNull();
    expect(await fetchIn(page, `${url}/health`)).toBeNull();
    // Nor by another way: what the gateway answers is no script of somebody else's.
    await expect(page.addScriptTag({ url: `${url}/docs/reference.js` })).rejects.toThrow("Failed to load script");
  });
});
