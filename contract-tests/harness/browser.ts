import { chromium, type Browser } from "playwright-core";
import { lacks } from "./lacks.ts";

const executablePath = "/usr/bin/chromium";

/** For `describe.skipIf`. */
export const lacksChromium = lacks(executablePath, executablePath, ["--version"]);

/** The browser's own calls home are turned off, so that what is left is the page's doing. */
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath, args: flags });
}
