import { mkdtempSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { runProgram } from "../../../contract-tests/editions/support/run-program.ts";
import { lacksChromium, launchChromium } from "../../../contract-tests/harness/browser.ts";

const folder = mkdtempSync(join(tmpdir(), "openclaw-docs-"));
beforeAll(async () => {
  const { status, stderr } = await runProgram(process.execPath, [join(import.meta.dirname, "export.ts"), "--out", folder]);
  if (status !== 0) throw new Error(stderr);
});
afterAll(() => rm(folder, { recursive: true }));

test("an export names nothing that is not in it, and nothing elsewhere that a page would load", async () => {
  const files = new Set(await readdir(folder, { recursive: true }));
  for (const name of [...files].filter((file) => file.endsWith(".html"))) {
    const html = await readFile(join(folder, name), "utf8");
    const named = [...html.matchAll(/<(\w+) [^>]*(?:href|src)="([^"#]*)[^"]*"/g)].map(([, tag = "", address = ""]) => ({ tag, address }));
    const abroad = named.filter(({ tag, address }) => !files.has(address) && address !== "data:," && address !== "" && !(tag === "a" && address.startsWith("https://")));
    expect(abroad, name).toEqual([]);
  }
  const index = await readFile(join(folder, "files/search-index.js"), "utf8");
  const found = [...index.matchAll(/^\["(?:[^"\\]|\\.)*","(?:[^"\\]|\\.)*","([^"#]*)/gm)].map(([, path]) => path!);
  expect(found.length).toBeGreaterThan(150);
  expect(found.filter((path) => !files.has(path))).toEqual([]);
});

describe.skipIf(lacksChromium)("an export, opened from the disk with no network", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    await context.setOffline(true);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("request", (request) => request.url().startsWith("http") && complaints.push(`asks ${request.url()}`));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    onTestFinished(async () => {
      await context.close();
      expect(complaints).toEqual([]);
    });
    await page.goto(pathToFileURL(join(folder, path)).href);
    return page;
  }

  test("finds an operation by keyboard and opens it, with its samples", { timeout: 60_000 }, async () => {
    const page = await open("start.html");
    await page.keyboard.press("/");
    await page.keyboard.type("dead letters");
    await page.getByRole("option", { name: "List dead letters" }).waitFor();
    const chosen = page.locator("[role=option][aria-selected=true] a");
    while (!(await chosen.textContent())?.includes("GET /api/v1/webhooks/dead-letters")) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "List dead letters", exact: true }).waitFor({ timeout: 30_000 });
    const sample = page.getByText("'http://127.0.0.1:18789/api/v1/webhooks/dead-letters?limit=20'").first();
    await sample.waitFor();
    expect(await sample.isVisible()).toBe(true);
  });

  test.each(["light", "dark"] as const)("can be read by everybody, in %s and on a phone", { timeout: 60_000 }, async (colorScheme) => {
    for (const path of ["agents.html", "errors.html", "ws.html"]) {
      const page = await open(path, { colorScheme, viewport: { width: 390, height: 844 } });
      expect(await page.evaluate("document.documentElement.scrollWidth"), path).toBe(390);
      const { violations } = await new AxeBuilder({ page }).options({ preload: false }).analyze();
      expect(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html}`)).toEqual([]);
    }
  });
});
