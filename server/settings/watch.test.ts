import { renameSync, rmSync, writeFileSync } from "node:fs";
import pino from "pino";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createPlaceholders } from "./placeholders.ts";
import { createSettingsService, type SettingsService } from "./service.ts";
import { SettingsError } from "./settings-error.ts";
import { createSettingsStore } from "./store.ts";
import { createTestHome } from "./test-home.ts";
import { watchSettings, type SettingsWatch } from "./watch.ts";

const levelFile = (level: string) => JSON.stringify({ logging: { level } });

/** Watches a file of a test's own; `levels` are those put in force, `errors` what the log says is wrong. */
async function watched({ content = levelFile("info"), intervalMs = 10 }: { content?: string | null; intervalMs?: number } = {}) {
  const home = createTestHome();
  const file = content === null ? `${home.path}/.openclaw/openclaw.json` : home.write("openclaw.json", content);
  const { settings: folded, source } = await home.load({ argv: content === null ? {} : { config: file } });
  const levels: string[] = [];
  const errors: string[] = [];
  const log = pino({ level: "error" }, { write: (line: string) => void errors.push(line) });
  const settings: SettingsService = createSettingsService({
    source,
    settings: folded,
    store: createSettingsStore({ file }),
    placeholders: createPlaceholders(),
    application: { apply: async ({ logging }) => void levels.push(logging.level), restartRequired: () => [] },
    log,
    now: Date.now,
  });
  const watch: SettingsWatch = watchSettings({ file, settings, log, intervalMs });
  onTestFinished(() => watch.close());
  return { home, file, settings, watch, levels, errors };
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

test("a changed file is put in force, also when it was renamed into its place", async () => {
  const { home, file, levels } = await watched();
  writeFileSync(file, levelFile("debug"));
  await until(() => expect(levels).toEqual(["debug"]));
  renameSync(home.write("new.json", levelFile("warn")), file);
  await until(() => expect(levels).toEqual(["debug", "warn"]));
});

test("a file that appears later is put in force", async () => {
  const { home, levels } = await watched({ content: null });
  home.write(".openclaw/openclaw.json", levelFile("debug"));
  await until(() => expect(levels).toEqual(["debug"]));
});

test("a broken file is told of once, and the next good one is taken", async () => {
  const { file, levels, errors, watch } = await watched();
  writeFileSync(file, '{"logging":{"level":"loud"}}');
  await until(() => expect(errors).toHaveLength(1));
  expect(errors[0]).toContain("/logging/level");
  await watch.reload();
  writeFileSync(file, levelFile("debug"));
  await until(() => expect(levels).toEqual(["debug"]));
  expect(errors).toHaveLength(1);
  // And when it breaks in the same way again, that is news.
  writeFileSync(file, '{"logging":{"level":"loud"}}');
  await until(() => expect(errors).toHaveLength(2));
});

describe("a file that is found broken by looking", () => {
  const broken = new SettingsError(null, [{ path: "", message: "ends in the middle." }]);

  /** Looks at once, and again an hour later; what comes of it is given. */
  async function lookedAt(...outcomes: (SettingsError | null)[]): Promise<string[]> {
    const file = createTestHome().write("openclaw.json", "{}");
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const errors: string[] = [];
    const reload = vi.fn<SettingsService["reload"]>();
    for (const outcome of outcomes) reload.mockResolvedValueOnce(outcome);
    const watch = watchSettings({ file, settings: { reload } as unknown as SettingsService, log: pino({}, { write: (line: string) => void errors.push(line) }), intervalMs: 3_600_000 });
    onTestFinished(() => watch.close());
    await vi.advanceTimersByTimeAsync(3_599_999);
    expect([reload.mock.calls.length, errors]).toEqual([1, []]);
    await vi.advanceTimersByTimeAsync(2);
    expect(reload).toHaveBeenCalledTimes(2);
    return errors;
  }

  test("may be half written: nothing is said when it is whole at the next look", async () => {
    expect(await lookedAt(broken, null)).toEqual([]);
  });

  test("and is broken still at the next look, is told of", async () => {
    expect(await lookedAt(broken, broken)).toEqual([expect.stringContaining("ends in the middle")]);
  });
});

test("a file that is taken away leaves its settings in force", async () => {
  const { file, levels, errors } = await watched();
  rmSync(file);
  await until(() => expect(errors).toEqual([expect.stringContaining("no such file")]));
  writeFileSync(file, levelFile("debug"));
  await until(() => expect(levels).toEqual(["debug"]));
});

test("what the gateway writes by itself is not put in force twice", async () => {
  const { settings, levels, watch } = await watched();
  await settings.patch({ logging: { level: "debug" } }, { keyId: "key_stored", address: "127.0.0.1", host: "", workspaces: "*" }, { versions: null, force: false });
  await watch.reload();
  await watch.reload();
  expect(levels).toEqual(["debug"]);
});

test("asked to, it reads the file at once, and tells at once what is wrong", async () => {
  const { file, levels, errors, watch } = await watched({ intervalMs: 3_600_000 });
  writeFileSync(file, levelFile("debug"));
  await watch.reload();
  writeFileSync(file, "{");
  await watch.reload();
  expect([levels, errors.length]).toEqual([["debug"], 1]);
});

test("settings that cannot be put in force are told of, and the watch goes on", async () => {
  const { file, levels, errors, settings, watch } = await watched({ intervalMs: 3_600_000 });
  vi.spyOn(settings, "reload").mockRejectedValueOnce(new Error("a fault of ours"));
  await watch.reload();
  expect(errors).toEqual([expect.stringContaining("could not be put in force")]);
  writeFileSync(file, levelFile("debug"));
  await watch.reload();
  expect(levels).toEqual(["debug"]);
});
