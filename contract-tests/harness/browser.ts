import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const executablePath = "/usr/bin/chromium";
const isMissing = !existsSync(executablePath);
if (isMissing) console.warn(`Missing on this machine: ${executablePath}.`);

/** For `describe.skipIf`. On CI a missing browser fails the tests. */
export const lacksChromium = isMissing && !process.env["CI"];

/** The browser's own calls home are turned off, so that what is left is the page's doing. */
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath, args: flags });
}
