import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { ownerToken } from "../../../contract-tests/harness/gateway.ts";

export interface OpenOptions {
  /** Where the page is: the gateway itself, or a proxy before it. */
  url: string;
  /** Such as `/app/keys`. */
  path?: string;
  /** Logged in with it already; null for the login. The owner's by default. */
  token?: string | null;
  isPhone?: boolean;
}

export interface OpenedPage extends Page {
  /** What the page complained of: errors on its console, thrown ones, requests that the policy forbade. */
  complaints: string[];
  /**
   * Axe finds no serious fault in it, light or dark, nothing sticks out to the right, it has complained of nothing, and has asked
   * nobody but its own gateway. Leaves pictures in the temp folder, for a person to look at.
   */
  expectFlawless: (picture: string) => Promise<void>;
}

/** Opens a page in a window of its own, which goes away with the test. */
export async function openPage(browser: Browser, { url, path = "/", token = ownerToken, isPhone = false }: OpenOptions): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: isPhone ? { width: 360, height: 740 } : { width: 1280, height: 800 }, colorScheme: "light", reducedMotion: "reduce" });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  const abroad: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${url}/`)) abroad.push(request.url());
    // Not in the address, ever.
    if (token && request.url().includes(token)) complaints.push(`the token is in ${request.url()}`);
  });
  if (token !== null) await context.addInitScript((stored) => sessionStorage.setItem("openclaw.token", stored), token);
  await page.goto(url + path);
  return Object.assign(page, {
    complaints,
    async expectFlawless(picture: string) {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(tmpdir(), `openclaw-${picture}-${isPhone ? "phone" : "desk"}-${colorScheme}.png`) });
        const { violations } = await new AxeBuilder({ page }).analyze();
        const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        expect(grave.map(({ id, nodes }) => `${colorScheme}: ${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("\n")}`)).toEqual([]);
      }
      expect(await page.evaluate(overflowing)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(abroad).toEqual([]);
    },
  });
}

/** In the page: what does not end within the window. Its tests are compiled without a browser's types. */
const overflowing = `[...document.querySelectorAll("main, main *")].filter((element) => {
  const { right, width } = element.getBoundingClientRect();
  const isScrolled = element.parentElement?.closest("pre, .table, .data-table, .diff, .views");
  return width > 1 && right > innerWidth + 1 && !isScrolled;
}).map((element) => element.outerHTML.slice(0, 120))`;
