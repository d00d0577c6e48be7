import json5 from "json5";
import pino from "pino";
import { describe, expect, type Mock, test, vi } from "vitest";
import { createApplication, type RunningParts } from "./apply-settings.ts";
import { readSettings } from "./settings/load-settings.ts";
import { fixture } from "./settings/test-home.ts";
import type { Settings } from "./settings/settings.ts";

const settingsOf = (written: unknown): Settings =>
  readSettings(written, { argv: {}, env: { OPENAI_API_KEY: "an-openai-key", ANTHROPIC_API_KEY: "an-anthropic-key", TELEGRAM_BOT_TOKEN: "1:x" }, homeDir: "/nowhere", stateDir: "/nowhere", sourceFile: null }).settings;

function application() {
  const names = ["agents", "settingsKeys", "perimeter", "limits", "quotas", "providers", "memory", "tools", "mcp", "skills", "audit", "events", "dispatch", "logStore", "workspaces", "channels", "cron"] as const;
  const use = Object.fromEntries(names.map((name) => [name, vi.fn<() => void>()])) as Record<(typeof names)[number], Mock<() => void>>;
  const log = pino({ level: "info" }, { write() {} });
  const services = Object.fromEntries(names.map((name) => [name, { [name === "workspaces" ? "seed" : "use"]: use[name] }]));
  const parts = { ...services, runs: { settled: async () => {} }, log, mask: { learn() {} } } as unknown as RunningParts;
  return { ...createApplication(parts), use, log };
}

describe("what becomes of each part of the settings", () => {
  const written = json5.parse<object>(fixture("everything.json5"));
  const settings = settingsOf(written);
  const parts = Object.keys(settings).flatMap((name) => {
    const value = settings[name as keyof Settings];
    return name === "http" || name === "logging" ? Object.keys(value).map((inner) => [name, inner]) : [[name]];
  });
  /** The settings with another value, of whatever type, in one place. */
  const changed = ([name = "", inner]: string[]): Settings => ({ ...settings, [name]: inner === undefined ? "changed" : { ...(settings[name as keyof Settings] as object), [inner]: "warn" } });

  /** Nothing that runs reads these: a restart would change nothing either. The answer's warnings tell of most of them. */
  const notInForce = ["stateDir"];

  test.each(parts.map((part) => part.join("/")))("%s takes effect at once, with a restart, or is not in force", async (name) => {
    const { apply, restartRequired, use, log } = application();
    const next = changed(name.split("/"));
    await apply(next, settings);
    const isApplied = Object.values(use).some((step) => step.mock.calls.length > 0) || log.level !== "info";
    const pointers = restartRequired({ settings: next, written }, { settings, written });
    expect([isApplied, pointers.length > 0, notInForce.includes(name)].filter(Boolean)).toHaveLength(1);
  });

  test("what stays as it is, is left alone", async () => {
    const { apply, restartRequired, use } = application();
    const same = settingsOf(written);
    await apply(same, settings);
    expect(Object.values(use).flatMap((step) => step.mock.calls)).toEqual([]);
    expect(restartRequired({ settings: same, written }, { settings, written })).toEqual([]);
  });
});

describe("what needs a restart", () => {
  const required = (from: unknown, to: unknown) => application().restartRequired({ settings: settingsOf(to), written: to }, { settings: settingsOf(from), written: from });

  test.each<[unknown, unknown, string[]]>([
    [{}, { gateway: { port: 3000 } }, ["/gateway/port"]],
    [{}, { api: { port: 3000 } }, ["/api/port"]],
    [{ gateway: { port: 3000 }, api: { port: 3000 } }, { api: { port: 3001 } }, ["/gateway/port", "/api/port"]],
    // Said in the file now, but nothing else than before.
    [{}, { gateway: { port: 18_789, host: "127.0.0.1" } }, []],
    [{}, { storage: { url: "sqlite::memory:" }, logging: { file: null, level: "debug" } }, ["/storage/url", "/logging/file"]],
    [{}, { agents: { list: [{ id: "new" }] }, tools: { deny: ["read"] } }, []],
  ])("of %j made %j: %j", (from, to, pointers) => {
    expect(required(from, to)).toEqual(pointers);
  });
});
