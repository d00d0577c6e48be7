import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import json5 from "json5";
import pino from "pino";
import { describe, expect, test } from "vitest";
import { GatewayError } from "../errors.ts";
import { createPlaceholders } from "./placeholders.ts";
import { mapSecrets } from "./redact.ts";
import { createSettingsService, type ChangeConditions, type SettingsService } from "./service.ts";
import type { Settings } from "./settings.ts";
import { createSettingsStore } from "./store.ts";
import { createTestHome, fixture, type TestHome } from "./test-home.ts";

const author = { keyId: "key_stored", address: "127.0.0.1", host: "", workspaces: "*" } as const;
const anyVersion: ChangeConditions = { versions: null, force: false };
const text = `{
  // The owner's.
  gateway: { auth: { token: "a-token-of-the-owner-1" } },
  logging: { level: "info" }, // not too much
}
`;

interface TestService {
  home: TestHome;
  file: string;
  settings: SettingsService;
  /** The settings that were put in force, in order. */
  applied: Settings[];
  logged(): string;
}

async function serviceWith(content: string | null, { name = "openclaw.json5", env = {}, replace }: { name?: string; env?: Record<string, string>; replace?: Parameters<typeof createSettingsStore>[0]["replace"] } = {}): Promise<TestService> {
  const home = createTestHome();
  const file = content === null ? join(home.path, ".openclaw/openclaw.json") : home.write(name, content);
  const { settings: folded, source } = await home.load({ argv: content === null ? {} : { config: file }, env });
  const applied: Settings[] = [];
  let logged = "";
  const settings = createSettingsService({
    source,
    settings: folded,
    store: createSettingsStore({ file, ...(replace && { replace }) }),
    placeholders: createPlaceholders(),
    application: { apply: async (next) => void applied.push(next), restartRequired: () => ["/gateway/port"] },
    log: pino({}, { write: (line: string) => void (logged += line) }),
    now: () => Date.parse("2026-01-01"),
  });
  return { home, file, settings, applied, logged: () => logged };
}

async function refusal(change: Promise<unknown>): Promise<GatewayError> {
  const thrown: unknown = await change.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof GatewayError)) throw new Error(`expected a GatewayError, got ${String(thrown)}`);
  return thrown;
}

const pathsOf = ({ details }: GatewayError) => (details["errors"] as { path: string }[]).map(({ path }) => path);

describe("a change", () => {
  test("is written with the file's comments, put in force, and shown", async () => {
    const { file, settings, applied } = await serviceWith(text);
    const before = await settings.read(author);
    const changed = await settings.patch({ logging: { level: "debug" } }, author, anyVersion);
    expect(readFileSync(file, "utf8")).toBe(text.replace('"info"', '"debug"'));
    expect(readFileSync(`${file}.last-good`, "utf8")).toBe(text);
    expect(applied.map(({ logging }) => logging.level)).toEqual(["debug"]);
    expect(changed).toMatchObject({ written: { logging: { level: "debug" } }, restartRequired: ["/gateway/port"], warnings: [] });
    expect(changed.version).not.toBe(before.version);
    expect(await settings.read(author)).toEqual({ written: changed.written, version: changed.version });
  });

  test("of a file in YAML is written in YAML", async () => {
    const { file, settings } = await serviceWith("# mine\nlogging:\n  level: info # enough\n", { name: "gateway.yaml" });
    await settings.replace({ logging: { level: "debug" } }, author, anyVersion);
    expect(readFileSync(file, "utf8")).toBe("# mine\nlogging:\n  level: debug # enough\n");
  });

  test("that changes nothing leaves the file alone", async () => {
    const { file, settings } = await serviceWith(text);
    const { mtimeMs } = statSync(file);
    const { written, version } = await settings.read(author);
    expect(await settings.replace(written, author, anyVersion)).toMatchObject({ written, version });
    expect([statSync(file).mtimeMs, existsSync(`${file}.last-good`)]).toEqual([mtimeMs, false]);
  });

  test("without a file makes one, for nobody else to read, and says so", async () => {
    const { file, settings } = await serviceWith(null);
    expect((await settings.read(author)).written).toEqual({});
    const { warnings } = await settings.patch({ logging: { level: "warn" } }, author, anyVersion);
    expect(warnings).toEqual([expect.stringContaining("one was made")]);
    expect(readFileSync(file, "utf8")).toBe('{\n  "logging": {\n    "level": "warn"\n  }\n}\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("keeps the file's mode", async () => {
    const { file, settings } = await serviceWith(text);
    chmodSync(file, 0o640);
    await settings.patch({ logging: { level: "debug" } }, author, anyVersion);
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  test("keeps references and puts secrets back", async () => {
    const keys = '{ gateway: { auth: { token: "${OWNER}" }, apiKeys: ["a-secret-of-the-agents-1", "a-secret-of-the-agents-2"] } }';
    const { file, settings, applied } = await serviceWith(keys, { env: { OWNER: "a-token-from-the-environment" } });
    const { gateway } = (await settings.read(author)).written as { gateway: { auth: object; apiKeys: string[] } };
    expect(gateway.auth).toEqual({ token: "${OWNER}" });
    await settings.replace({ gateway: { ...gateway, apiKeys: [gateway.apiKeys[1], "a-secret-of-the-agents-3"] } }, author, anyVersion);
    expect(readFileSync(file, "utf8")).toContain("${OWNER}");
    expect(applied.at(-1)?.auth.keys.map(({ token }) => token)).toEqual(["a-secret-of-the-agents-2", "a-secret-of-the-agents-3"]);
  });
});

describe("what cannot be used is refused with every fault, and nothing changes", () => {
  test.each<[string, unknown, string[]]>([
    ["unknown and ill-typed members", { gatway: {}, logging: { level: "loud" }, gateway: { port: "x" } }, ["/gatway", "/logging/level", "/gateway/port"]],
    ["a variable that is not set", { logging: { file: "${MISSING}" } }, ["/logging/file"]],
    ["a member called __proto__", JSON.parse('{"__proto__":{"a":1}}'), ["/__proto__"]],
    ["a placeholder that stands for nothing", { gateway: { auth: { token: "[redacted:000000000000]" } } }, ["/gateway/auth/token"]],
    ["authentication off where others can reach it", { gateway: { host: "0.0.0.0", auth: { enabled: false } } }, ["/gateway/auth/enabled"]],
  ])("%s", async (_name, sent, paths) => {
    const { file, settings, applied, home } = await serviceWith(text);
    for (const change of [settings.replace, settings.patch]) {
      const error = await refusal(change(sent, author, anyVersion));
      expect([error.code, pathsOf(error).sort()]).toEqual(["bad_request", paths.toSorted()]);
    }
    expect([readFileSync(file, "utf8"), readdirSync(home.path), applied]).toEqual([text, ["openclaw.json5"], []]);
  });

  test("a value from the environment is not shown in a fault", async () => {
    const { settings } = await serviceWith(text, { env: { SECRET: "a-secret-of-the-environment" } });
    for (const sent of [{ logging: { level: "${SECRET}" } }, { agents: { default: "nobody", list: [{ id: "${SECRET}" }] } }, { gateway: { port: "${SECRET}", host: "${SECRET}", auth: { enabled: false } } }]) {
      const { message, details } = await refusal(settings.replace(sent, author, anyVersion));
      expect(message + JSON.stringify(details)).not.toContain("a-secret");
    }
  });

  test("more than a settings file may have", async () => {
    const { settings } = await serviceWith(text);
    expect(await refusal(settings.patch({ agents: { list: [{ id: "a", systemPrompt: "x".repeat(1024 * 1024) }] } }, author, anyVersion))).toMatchObject({ code: "payload_too_large" });
  });

  test("a key that is bound to workspaces, whatever it asks for", async () => {
    const { settings, applied } = await serviceWith(text);
    const bound = { ...author, workspaces: ["team"] };
    for (const ask of [() => settings.read(bound), () => settings.patch({}, bound, anyVersion), () => settings.replace({}, bound, { versions: null, force: true })]) {
      expect(await refusal(ask())).toMatchObject({ code: "forbidden", message: expect.stringContaining("bound to none") });
    }
    expect(applied).toEqual([]);
  });

  test("what would lock the author out, unless forced", async () => {
    const { settings, applied } = await serviceWith(text);
    const sent = { gateway: { apiEnabled: false } };
    const error = await refusal(settings.patch(sent, author, anyVersion));
    expect(error).toMatchObject({ code: "conflict", details: { reasons: ["the API would be off"] } });
    expect(error.message).toContain("?force=true");
    await settings.patch(sent, author, { versions: null, force: true });
    expect(applied.at(-1)?.http.apiEnabled).toBe(false);
  });
});

describe("versions", () => {
  test("of two changes to one version the first wins", async () => {
    const { settings, applied } = await serviceWith(text);
    const { version } = await settings.read(author);
    const levels = ["debug", "warn"];
    const outcomes = await Promise.allSettled(levels.map((level) => settings.patch({ logging: { level } }, author, { versions: ["another", version], force: false })));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({ code: "precondition_failed" });
    expect(applied.map(({ logging }) => logging.level)).toEqual(["debug"]);
  });

  test("many changes at once all come through, one after the other", async () => {
    const { file, settings } = await serviceWith("{}");
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
    await Promise.all(names.map((name) => settings.patch({ models: { providers: { [name]: { type: "openai", baseUrl: "http://127.0.0.1:9/v1" } } } }, author, anyVersion)));
    expect(Object.keys((JSON.parse(JSON.stringify((await settings.read(author)).written)) as { models: { providers: object } }).models.providers)).toEqual(names);
    expect(readFileSync(file, "utf8")).toContain("p19");
  });

  test("what was edited by hand a moment ago is another version, and is not overwritten", async () => {
    const { file, settings } = await serviceWith(text);
    const { version } = await settings.read(author);
    writeFileSync(file, text.replace("info", "error"));
    expect(await refusal(settings.patch({ logging: { level: "debug" } }, author, { versions: [version], force: false }))).toMatchObject({ code: "precondition_failed" });
    await settings.patch({ agents: { list: [{ id: "new" }] } }, author, anyVersion);
    expect(readFileSync(file, "utf8")).toMatch(/level: "error".*[^]*new/);
  });
});

describe("a file that cannot be written", () => {
  test("is a 503, with everything as it was", async () => {
    const replace = () => Promise.reject(Object.assign(new Error("ENOSPC: no space left on /secret/place"), { code: "ENOSPC" }));
    const { settings, applied, file } = await serviceWith(text, { replace });
    const before = await settings.read(author);
    const error = await refusal(settings.patch({ logging: { level: "debug" } }, author, anyVersion));
    expect(error).toMatchObject({ code: "service_unavailable", retryAfterSeconds: 30 });
    expect(error.message).toContain("ENOSPC");
    expect(error.message).not.toContain("/secret");
    expect([await settings.read(author), applied, readFileSync(file, "utf8")]).toEqual([before, [], text]);
  });
});

describe("a file edited by hand", () => {
  test("is put in force once", async () => {
    const { file, settings, applied } = await serviceWith(text);
    writeFileSync(file, text.replace("info", "error"));
    expect([await settings.reload(), await settings.reload()]).toEqual([null, null]);
    expect(applied.map(({ logging }) => logging.level)).toEqual(["error"]);
  });

  test("that was broken changes nothing, and the next good one does", async () => {
    const { file, settings, applied } = await serviceWith(text);
    writeFileSync(file, "{ logging: ");
    expect((await settings.reload())?.faults).toEqual([{ path: "", message: expect.stringContaining("not valid JSON5") as string }]);
    expect((await settings.read(author)).written).toMatchObject({ logging: { level: "info" } });
    writeFileSync(file, "{ logging: { level: 'warn' } }");
    expect(await settings.reload()).toBeNull();
    expect(applied.map(({ logging }) => logging.level)).toEqual(["warn"]);
  });

  test("that was broken is overwritten by force only, and kept beside", async () => {
    const { file, settings } = await serviceWith(text);
    writeFileSync(file, "{ logging: ");
    const error = await refusal(settings.patch({ logging: { level: "debug" } }, author, anyVersion));
    expect([error.code, pathsOf(error), readFileSync(file, "utf8")]).toEqual(["conflict", [""], "{ logging: "]);
    await settings.patch({ logging: { level: "debug" } }, author, { versions: null, force: true });
    expect([readFileSync(file, "utf8"), readFileSync(`${file}.last-good`, "utf8")]).toEqual([text.replace("info", "debug"), "{ logging: "]);
  });

  test("shows none of its secrets in the log", async () => {
    const { file, settings, logged } = await serviceWith(text);
    writeFileSync(file, '{ gateway: { auth: { token: "a-secret-of-the-owner" }, apiKeys: ["a-secret-twice", "a-secret-twice"] }, redis: { url: "http://me:a-secret@host" } }');
    expect((await settings.reload())?.message).not.toContain("a-secret");
    writeFileSync(file, '{ gateway: { auth: { token: "a-secret" } } }');
    expect(await settings.reload()).toBeNull();
    expect(logged()).toContain("in force");
    expect(logged()).not.toContain("a-secret");
  });
});

test("whatever is wrong with settings, no fault shows a secret of theirs", async () => {
  const env = { OPENAI_API_KEY: "SECRET-of-openai", ANTHROPIC_API_KEY: "SECRET-of-anthropic", TELEGRAM_BOT_TOKEN: "1:SECRET-of-telegram" };
  const { settings } = await serviceWith(text, { env });
  let count = 0;
  // Secrets in every secret member, each another one, and of a URL only the secret parts.
  const good = mapSecrets(json5.parse(fixture("everything.json5")), () => `SECRET-${count++}-SECRET`);
  const bend = (value: unknown, at: fc.Stream<number>, how: "list" | "object" | "number"): unknown => {
    const bent = { list: [value], object: { inner: value }, number: 1.5 }[how];
    const isHere = (at.next().value ?? 0) === 0;
    if (isHere || typeof value !== "object" || value === null) return bent;
    const entries = Object.entries(value);
    const place = (at.next().value ?? 0) % Math.max(1, entries.length);
    const changed = entries.map(([name, inner], index) => [name, index === place ? bend(inner, at, how) : inner] as const);
    return Array.isArray(value) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed);
  };
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat({ max: 20 })), fc.constantFrom("list", "object", "number"), async (at, how) => {
      const outcome = await settings.replace(bend(good, at, how), author, anyVersion).catch((error: unknown) => error);
      const said = outcome instanceof GatewayError ? [outcome.code, outcome.message, outcome.details] : outcome;
      expect(JSON.stringify(said)).not.toContain("SECRET");
    }),
  );
});
