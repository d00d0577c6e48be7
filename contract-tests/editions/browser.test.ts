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

/** What a page hears of a turn that it asks for over a WebSocket, as the operator document's does; or the code that the socket is closed with. */
function talkIn(page: Page, url: string, key: string): Promise<string | number> {
  return page.evaluate(
    ([address, token]) =>
      new Promise<string | number>((resolve) => {
        const ws = new WebSocket(address);
        ws.onopen = () => {
          ws.send(JSON.stringify({ type: "auth", token }));
          ws.send(JSON.stringify({ type: "message", content: "Hello" }));
        };
        ws.onmessage = ({ data }: { data: string }) => {
          const frame = JSON.parse(data) as { type: string; content: string };
          if (frame.type === "response") resolve(frame.content);
        };
        ws.onclose = ({ code }) => resolve(code);
      }),
    [url.replace("http", "ws"), key] as const,
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

  test("a WebSocket: of the gateway's own pages and of a listed origin, and no other; a wrong token is told", async () => {
    const url = await start(agentsFile(""));
    expect(await talkIn(await openPage(listed), `${url}/ws`, token)).toContain("You said: Hello");
    expect(await talkIn(await openPage(`${url}/docs`), `${url}/ws`, token)).toContain("You said: Hello");
    expect(await talkIn(await openPage(listed), `${url}/ws`, "nobody")).toBe(4401);
    expect(await talkIn(await openPage(unlisted), `${url}/ws`, token)).toBe(1006);
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

  describe("the conversations document's own page (7.3)", () => {
    /** Opens it on an origin, with the address and the token of a gateway. */
    async function openOwnPage(origin: string, url: string): Promise<Page> {
      const page = await openPage(origin);
      const written = await readFile(new URL("conversations/web-page.html", import.meta.url), "utf8");
      await page.setContent(written.replace("http://localhost:18789", url).replace("oc_tok_a1b2c3d4e5f6g7h8i9j0", appToken));
      return page;
    }

    async function say(page: Page, text: string, send: () => Promise<void>): Promise<string> {
      const shown = page.locator(".message");
      const before = await shown.count();
      await page.getByPlaceholder("Type a message...").fill(text);
      await send();
      await expect.poll(() => shown.count()).toBe(before + 2);
      return shown.last().innerText();
    }

    test("holds a conversation from an origin that is listed", async () => {
      const url = await start(conversationsFileWithCors());
      const page = await openOwnPage(listed, url);
      expect(await say(page, "First", () => page.getByRole("button", { name: "Send" }).click())).toContain("You said: First");
      expect(await say(page, "Second", () => page.keyboard.press("Enter"))).toContain("You said: Second");
      const list = await fetch(`${url}/api/v1/conversations`, { headers: { Authorization: `Bearer ${appToken}` } });
      expect(await list.json()).toMatchObject({ conversations: [{ title: "First", messageCount: 4 }] });
    });

    test("says that it cannot, from one that is not", async () => {
      const page = await openOwnPage(unlisted, await start(conversationsFileWithCors()));
      expect(await say(page, "First", () => page.keyboard.press("Enter"))).toContain("An error occurred");
    });
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
