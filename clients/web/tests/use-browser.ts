import type { Browser } from "playwright-core";
import { afterAll, beforeAll, vi } from "vitest";
import { startServerTarget, type ServerTarget, type ServerTargetOptions } from "../../../contract-tests/contract/server-target.ts";
import { launchChromium } from "../../../contract-tests/harness/browser.ts";

export interface World {
  readonly browser: Browser;
  /** The gateway with a fake provider behind it, which says again what it is told. */
  readonly server: ServerTarget;
  readonly url: string;
}

/** A gateway and a browser for the tests of the `describe` around. */
export function useBrowser(options: ServerTargetOptions = {}): World {
  // A browser is many processes: where others work too, a page takes its time.
  vi.setConfig({ testTimeout: 120_000 });
  let server: ServerTarget | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startServerTarget(options), launchChromium()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return {
    get browser() {
      return browser!;
    },
    get server() {
      return server!;
    },
    get url() {
      return server!.gateway.url;
    },
  };
}
