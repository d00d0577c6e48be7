import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "../../../contract-tests/harness/browser.ts";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "../../../contract-tests/harness/gateway.ts";

/** A gateway and a browser for the tests of the `describe` around. */
export function useBrowser(options: TestGatewayOptions = {}): { readonly gateway: TestGateway; readonly browser: Browser } {
  let gateway: TestGateway | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startTestGateway(options), launchChromium()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
  });
  return {
    get gateway() {
      return gateway!;
    },
    get browser() {
      return browser!;
    },
  };
}
