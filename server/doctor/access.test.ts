import { readFileSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { createTestHome, type TestHome } from "../settings/test-home.ts";
import { type Database, openDatabase } from "../storage/database.ts";
import { checkAuthentication } from "./check-authentication.ts";
import { checkDatabase } from "./check-database.ts";
import { checkKeys } from "./check-keys.ts";
import { runChecks } from "./run-checks.ts";
import { dayMs, examination, linesOf, now } from "./testing.ts";

const token = "a-token-that-is-long-enough";

/** A gateway's database in the state folder, open as while it runs. */
async function runningDatabase(home: TestHome): Promise<Database> {
  const database = await openDatabase(`sqlite:${join(home.path, ".openclaw/openclaw.db")}`);
  onTestFinished(() => database.close());
  return database;
}

interface KeyOptions {
  label: string;
  owner?: number;
  scopes?: string[];
  createdAt?: number;
  lastUsedAt?: number;
  expiresAt?: number;
  revokedAt?: number;
}

async function addKey(database: Database, { label, owner = 0, scopes = [], createdAt = now - dayMs, lastUsedAt, expiresAt, revokedAt }: KeyOptions): Promise<void> {
  await database.kysely
    .insertInto("keys")
    .values({
      id: `key_${label}`,
      hash: label,
      label,
      prefix: "",
      last_four: "",
      owner,
      scopes: JSON.stringify(scopes),
      permissions: null,
      workspaces: null,
      rate_limit: null,
      max_tokens_per_day: null,
      expires_at: expiresAt ?? null,
      created_at: createdAt,
      last_used_at: lastUsedAt ?? null,
      revoked_at: revokedAt ?? null,
    })
    .execute();
}

describe("the database", () => {
  test("that is not there yet, and is not made", async () => {
    const home = createTestHome();
    expect(checkDatabase(await examination({}, { home }))).toMatchObject([{ level: "ok", message: expect.stringContaining("the first start makes") as string }]);
    expect(await readdir(join(home.path, ".openclaw"))).toEqual(["openclaw.json"]);
  });

  test("of a gateway that runs, and of one that has stopped, with no file made or left", async () => {
    const home = createTestHome();
    const examined = await examination({}, { home });
    const database = await runningDatabase(home);
    expect(checkDatabase(examined)).toMatchObject([{ level: "ok", message: expect.stringContaining("is whole and up to date") as string }]);
    await database.close();
    expect(checkDatabase(examined)).toMatchObject([{ level: "ok" }]);
    expect(await readdir(join(home.path, ".openclaw"))).toEqual(["openclaw.db", "openclaw.json"]);
  });

  test("of an older and of a newer version", async () => {
    const home = createTestHome();
    const examined = await examination({}, { home });
    const { kysely } = await runningDatabase(home);
    await kysely.withTables<{ kysely_migration: { name: string } }>().deleteFrom("kysely_migration").execute();
    expect(linesOf(checkDatabase(examined))).toEqual([expect.stringMatching(/^warning: .* is of an older version: 0001-initial/)]);
    await kysely.withTables<{ kysely_migration: { name: string; timestamp: string } }>().insertInto("kysely_migration").values({ name: "9999-later", timestamp: "" }).execute();
    expect(linesOf(checkDatabase(examined))).toEqual([expect.stringMatching(/^problem: .* was last used by a newer OpenClaw \(9999-later\)/)]);
  });

  test("that is none, or damaged", async () => {
    const home = createTestHome();
    const examined = await examination({}, { home });
    const file = home.write(".openclaw/openclaw.db", "this is no database at all, but a text ".repeat(100));
    expect(linesOf(checkDatabase(examined))).toEqual([expect.stringMatching(/^problem: The database .* is damaged, or is not a SQLite database/)]);

    const unreadable = (await runChecks(examined)).filter(({ group, level }) => group === "Access" && level === "problem");
    expect(unreadable.map(({ message }) => message)).toEqual([expect.stringContaining("This could not be checked: "), expect.stringContaining("This could not be checked: ")]);

    writeFileSync(file, "");
    const native = new DatabaseSync(file);
    native.exec("create table t (a); with recursive n (i) as (select 1 union all select i + 1 from n where i < 100) insert into t select hex(randomblob(500)) from n");
    native.close();
    const bytes = readFileSync(file);
    bytes.fill(7, 4096 * 3, 4096 * 4);
    writeFileSync(file, bytes);
    expect(linesOf(checkDatabase(examined))).toEqual([expect.stringMatching(/^problem: The database .* is damaged/)]);
  });
});

describe("authentication", () => {
  test("with the owner's token in the settings, or with that of the first start", async () => {
    expect(checkAuthentication(await examination({ gateway: { auth: { token } } }))).toMatchObject([{ level: "ok", message: expect.stringContaining("is set") as string }]);
    const home = createTestHome();
    const examined = await examination({}, { home });
    expect(checkAuthentication(examined)).toMatchObject([{ level: "ok", message: expect.stringContaining("the first start makes") as string }]);
    await addKey(await runningDatabase(home), { label: "first", owner: 1 });
    expect(checkAuthentication(examined)).toMatchObject([{ level: "ok", message: expect.stringContaining("the first start made") as string }]);
  });

  test("that is off", async () => {
    const examined = await examination({ gateway: { auth: { enabled: false } } });
    expect(checkAuthentication(examined)).toMatchObject([{ level: "warning", next: "openclaw config set gateway.auth.enabled true" }]);
    const settings = { ...examined.settings!, http: { ...examined.settings!.http, host: "0.0.0.0" } };
    expect(checkAuthentication({ ...examined, settings })).toMatchObject([{ level: "problem" }]);
  });

  test("without an owner", async () => {
    expect(checkAuthentication(await examination({ api: { keys: [{ key: token, label: "Team", workspaces: ["team"] }] } }))).toMatchObject([{ level: "warning" }]);
  });

  test("with a token that everybody knows", async () => {
    const findings = checkAuthentication(await examination({ gateway: { auth: { token } }, api: { auth: { tokens: [{ name: "web", token: "oc_tok_a1b2c3d4e5f6g7h8i9j0", scope: ["chat"] }] } } }));
    expect(linesOf(findings)).toEqual(["problem: The token of web is an example from the documentation, which everybody knows."]);
  });
});

describe("keys", () => {
  test("none, or in order", async () => {
    const home = createTestHome();
    const examined = await examination({}, { home });
    expect(linesOf(checkKeys(examined))).toEqual(["ok: There are no keys besides the owner's token."]);
    const database = await runningDatabase(home);
    await addKey(database, { label: "new", scopes: ["admin"] });
    await addKey(database, { label: "used", scopes: ["admin"], createdAt: now - 30 * dayMs, lastUsedAt: now });
    await addKey(database, { label: "gone", scopes: ["admin"], createdAt: 0, revokedAt: now });
    expect(linesOf(checkKeys(examined))).toEqual(["ok: All 2 keys are new enough and in use."]);
  });

  test("old, ended, ending, and never used", async () => {
    const home = createTestHome();
    const keys = [{ name: "file", token, scope: ["chat"], expiresAt: new Date(now + 3 * dayMs).toISOString() }];
    const examined = await examination({ api: { auth: { tokens: keys } } }, { home });
    const database = await runningDatabase(home);
    await addKey(database, { label: "a-old", createdAt: now - 91 * dayMs });
    await addKey(database, { label: "b-ended", expiresAt: now - dayMs });
    await addKey(database, { label: "c-unused", scopes: ["admin"], createdAt: now - 8 * dayMs });
    expect(linesOf(checkKeys(examined))).toEqual([
      expect.stringMatching(/^warning: The key file \(key_\w+, in the settings\) expires on 2026-01-04\.$/),
      "warning: The key a-old (key_a-old) is 91 days old.",
      "warning: The key b-ended (key_b-ended) has expired on 2025-12-31, and is refused.",
      "warning: The key c-unused (key_c-unused) may do everything, and has never been used.",
    ]);
  });
});
