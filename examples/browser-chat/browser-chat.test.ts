import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { lacksChromium, launchChromium } from "../../contract-tests/harness/browser.ts";
import { exampleToken, expectRefusedByLimit, startExampleGateway, tightLimit } from "../../contract-tests/harness/examples.ts";
import type { TestGateway, TestGatewayOptions } from "../../contract-tests/harness/gateway.ts";

const patience = { timeout: 20_000 };
const html = await readFile(join(import.meta.dirname, "index.html"));
let browser: Browser;
/** Where the page comes from. */
let origin = "";
const pages = createServer((_request, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(html));

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A gateway whose settings list the page's origin, as the README has it. */
function gatewayWithCors({ settings = {}, ...options }: TestGatewayOptions = {}): Promise<TestGateway> {
  const security = { cors: { enabled: true, origins: [origin], methods: ["GET", "POST"] } };
  return startExampleGateway({ ...options, settings: { ...settings, api: { ...(settings["api"] as object | undefined), security } } });
}

async function openPage(url: string, token = exampleToken): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 700, height: 600 } });
  onTestFinished(() => page.close());
  await page.goto(origin);
  await page.getByLabel("Gateway").fill(url);
  await page.getByLabel("Token").fill(token);
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message").fill(text);
  await page.keyboard.press("Enter");
}

const log = (page: Page): Promise<string[]> => page.locator("#log li").allInnerTexts();
const status = (page: Page): Promise<string> => page.getByRole("status").innerText();
const isReady = (page: Page): Promise<boolean> => page.getByRole("button", { name: "Send" }).isEnabled();

/** A way to the gateway that can be cut. */
async function startCuttable(url: string) {
  const sockets = new Set<Socket>();
  const server = createTcpServer((near) => {
    const far = connect(Number(new URL(url).port), "127.0.0.1");
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy()).on("close", () => {
        to.destroy();
        sockets.delete(from);
      });
    }
  });
  const port = await listen(server);
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    /** Nothing more comes through the connections that there are, and nobody is told. */
    freeze() {
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}

const manyWords = Array.from({ length: 60 }, (_, index) => `word${index}`).join(" ");

describe.skipIf(lacksChromium)("examples/browser-chat", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    origin = `http://127.0.0.1:${await listen(pages)}`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    pages.close();
  });

  test("holds a conversation", async () => {
    const { url, call } = await gatewayWithCors();
    const page = await openPage(url);
    await say(page, "First");
    await expect.poll(() => log(page), patience).toEqual(["First", "You said: First"]);
    await expect.poll(() => isReady(page), patience).toBe(true);
    await say(page, "<b>Second</b>");
    await expect.poll(() => log(page), patience).toEqual(["First", "You said: First", "<b>Second</b>", "You said: <b>Second</b>"]);
    expect(await (await call("/api/v1/conversations")).json()).toMatchObject({ conversations: [{ title: "First", messageCount: 4 }] });
  });

  test("stops the model", async () => {
    const { url, call } = await gatewayWithCors({ embeddedDelayMs: 100 });
    const page = await openPage(url);
    await say(page, manyWords);
    await expect.poll(async () => (await log(page)).at(-1), patience).toContain("You said: word0");
    const [answer] = await Promise.all([page.waitForResponse(/\/cancel$/), page.getByRole("button", { name: "Stop" }).click()]);
    await expect.poll(() => status(page), patience).toBe("Stopped.");
    expect((await log(page)).at(-1)).not.toContain("word59");
    expect(await isReady(page)).toBe(true);
    expect(await (await call(new URL(answer.url()).pathname.replace("/cancel", ""))).json()).toMatchObject({ status: "cancelled" });
  });

  test("goes on where it was when the connection breaks, twice", async () => {
    const { url } = await gatewayWithCors({ embeddedDelayMs: 100 });
    const way = await startCuttable(url);
    const page = await openPage(way.url);
    await say(page, manyWords);
    for (const word of ["word3", "word30"]) {
      await expect.poll(async () => (await log(page)).at(-1), { ...patience, interval: 20 }).toContain(`${word} `);
      way.cut();
    }
    await expect.poll(() => isReady(page), patience).toBe(true);
    expect(await log(page)).toEqual([manyWords, `You said: ${manyWords}`]);
  });

  test("goes on where it was when the connection is dead and nobody says so", async () => {
    const { url } = await gatewayWithCors({ embeddedDelayMs: 50 });
    const way = await startCuttable(url);
    const page = await openPage(way.url);
    await page.clock.install();
    await say(page, manyWords);
    await expect.poll(async () => (await log(page)).at(-1), { ...patience, interval: 20 }).toContain("word3 ");
    way.freeze();
    await page.clock.runFor(46_000);
    await page.clock.runFor(2000);
    await expect.poll(() => isReady(page), patience).toBe(true);
    expect(await log(page)).toEqual([manyWords, `You said: ${manyWords}`]);
  });

  test("says it once when the beginning of the answer is lost", async () => {
    const { url, call } = await gatewayWithCors({ embeddedDelayMs: 50 });
    const page = await openPage(url);
    await page.route(/\/chat\/stream$/, async (route) => {
      const request = route.request();
      const taken = await fetch(request.url(), { method: "POST", headers: await request.allHeaders(), body: request.postData() });
      await route.abort("connectionreset");
      await taken.text();
    }, { times: 1 });
    await say(page, manyWords);
    await expect.poll(() => status(page), patience).toBe("It is still being answered …");
    await expect.poll(() => log(page), patience).toEqual([manyWords, `You said: ${manyWords}`]);
    expect(await (await call("/api/v1/conversations")).json()).toMatchObject({ conversations: [{ messageCount: 2 }] });
  });

  test("waits while the gateway says that it is too much", async () => {
    const gateway = await gatewayWithCors({ settings: { api: tightLimit() } });
    const page = await openPage(gateway.url);
    await say(page, "First");
    await expect.poll(() => isReady(page), patience).toBe(true);
    await say(page, "Second");
    await expect.poll(() => status(page), { ...patience, interval: 20 }).toMatch(/^That was too much at once\. It goes on in \d s\.$/);
    await expect.poll(() => log(page), patience).toEqual(["First", "You said: First", "Second", "You said: Second"]);
    await expectRefusedByLimit(gateway);
  });

  test("says what is wrong: the token, or an origin that is not listed", async () => {
    const wrong = await openPage((await gatewayWithCors()).url, "oc_tok_nobody");
    await say(wrong, "Hello");
    await expect.poll(() => status(wrong), patience).toMatch(/token/);
    const unlisted = await openPage((await startExampleGateway()).url);
    await say(unlisted, "Hello");
    await expect.poll(() => status(unlisted), { timeout: 40_000 }).toContain("do its CORS settings list this page's origin?");
  });
});
