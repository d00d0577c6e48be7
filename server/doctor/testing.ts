import { createTestHome, type TestHome } from "../settings/test-home.ts";
import { examine, type Examination } from "./examination.ts";
import type { Finding } from "./finding.ts";

export const now = Date.UTC(2026, 0, 1);
export const dayMs = 24 * 60 * 60_000;

/** What the doctor would look at, with these settings in a home folder of a test's own. */
export async function examination(settings: unknown = {}, { home = createTestHome(), env = {} }: { home?: TestHome; env?: Record<string, string> } = {}): Promise<Examination> {
  home.write(".openclaw/openclaw.json", JSON.stringify(settings));
  return examine({ env, homeDir: home.path, version: "1.2.3", now });
}

/** The levels and messages, a line each. */
export function linesOf(findings: readonly Finding[]): string[] {
  return findings.map(({ level, message }) => `${level}: ${message}`);
}
