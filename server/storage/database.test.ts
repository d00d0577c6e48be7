import { execFile } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createKeyStore } from "../keys/store.ts";
import { testKey } from "../keys/testing.ts";
import { openDatabase } from "./database.ts";
import { DatabaseOpenError } from "./database-open-error.ts";
import { temporaryDatabase, temporaryFolder } from "./testing.ts";

const key = testKey({ id: "key_1" });

const module = fileURLToPath(new URL("database.ts", import.meta.url));

/** What a process of its own prints, errors included. */
const runNode = (script: string): Promise<string> =>
  new Promise((resolve) => execFile(process.execPath, ["--input-type=module", "--eval", script], (_error, stdout, stderr) => resolve(stdout + stderr)));

describe("opening a database", () => {
  test("makes the folder for the owner alone, and every file in it", async () => {
    const folder = join(temporaryFolder(), "a", "b");
    await temporaryDatabase(`sqlite:${folder}/x.db`);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const files = readdirSync(folder);
    expect(files.sort()).toEqual(["x.db", "x.db-shm", "x.db-wal"]);
    expect(files.map((file) => statSync(join(folder, file)).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  });

  test("closes a file to others that they could read", async () => {
    const file = join(temporaryFolder(), "x.db");
    writeFileSync(file, "");
    chmodSync(file, 0o644);
    await temporaryDatabase(`sqlite:${file}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("finds the data of the time before, and migrates nothing twice", async () => {
    const url = `sqlite:${temporaryFolder()}/x.db`;
    for (let time = 0; time < 3; time++) {
      const database = await openDatabase(url);
      const keys = createKeyStore({ database });
      if (time === 0) await keys.insert(key);
      expect(keys.find(key.id)).toEqual(key);
      await database.close();
    }
  });

  test("leaves one file behind when it is closed, and may be closed twice", async () => {
    const folder = temporaryFolder();
    const database = await openDatabase(`sqlite:${folder}/x.db`);
    await createKeyStore({ database }).insert(key);
    await Promise.all([database.close(), database.close()]);
    expect(readdirSync(folder)).toEqual(["x.db"]);
  });

  test("keeps databases in memory apart", async () => {
    const [one, other] = [await temporaryDatabase(), await temporaryDatabase()];
    await createKeyStore({ database: one }).insert(key);
    expect(await createKeyStore({ database: other }).count()).toBe(0);
  });

  test("lets several processes open the same new file at once", async () => {
    const url = `sqlite:${temporaryFolder()}/x.db`;
    const script = `const { openDatabase } = await import(${JSON.stringify(module)}); const database = await openDatabase(${JSON.stringify(url)}); await database.ping(); await database.close();`;
    const outputs = await Promise.all(Array.from({ length: 4 }, () => runNode(script)));
    expect(outputs).toEqual(["", "", "", ""]);
  });
});

describe("a database that cannot be opened", () => {
  const refusal = async (url: string): Promise<string> => {
    const error: unknown = await openDatabase(url).then(
      (database) => database.close(),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(DatabaseOpenError);
    return (error as Error).message;
  };

  test("a file that is no database: names it, and says to put a backup there", async () => {
    const file = join(temporaryFolder(), "notes.txt");
    writeFileSync(file, "x".repeat(5000));
    expect(await refusal(`sqlite:${file}`)).toMatch(`The database ${file} is damaged, or is not a SQLite database. Put a backup in its place`);
  });

  test("a file whose tables are damaged", async () => {
    const file = join(temporaryFolder(), "x.db");
    const database = await openDatabase(`sqlite:${file}`);
    await database.close();
    const bytes = Buffer.alloc(statSync(file).size - 100, 0xa5);
    const descriptor = openSync(file, "r+");
    writeSync(descriptor, bytes, 0, bytes.length, 100);
    closeSync(descriptor);
    expect(await refusal(`sqlite:${file}`)).toMatch(`The database ${file} is damaged`);
  });

  test("a folder", async () => {
    const folder = temporaryFolder();
    expect(await refusal(`sqlite:${folder}`)).toBe(`The database ${folder} is a folder. Name a file in storage.url.`);
  });

  test("a folder that is a file", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    expect(await refusal(`sqlite:${file}/x.db`)).toMatch("cannot be made, since its folder cannot be made or is no folder");
  });

  test("one that a newer version has used", async () => {
    const url = `sqlite:${temporaryFolder()}/x.db`;
    const database = await openDatabase(url);
    await database.kysely
      .withTables<{ kysely_migration: { name: string; timestamp: string } }>()
      .insertInto("kysely_migration")
      .values({ name: "9999-later", timestamp: new Date().toISOString() })
      .execute();
    await database.close();
    expect(await refusal(url)).toMatch("was last used by a newer OpenClaw (it has 9999-later, which this one does not know)");
  });

  test("one on PostgreSQL, and the password is not told", async () => {
    expect(await refusal("postgres://user:secret@host/db")).toBe("PostgreSQL comes in a later version of OpenClaw. Until then storage.url is sqlite:PATH.");
  });

  test("one of a kind that is not known, and the password is not told", async () => {
    expect(await refusal("mysql://user:secret@host/db")).toMatch(/^storage\.url is sqlite:PATH.*; this one has mysql:\.$/);
  });

  // The superuser may write everywhere, so another user tries.
  test.runIf(process.getuid?.() === 0)("one in a folder that only lets read", async () => {
    const folder = join(temporaryFolder(), "locked");
    mkdirSync(folder);
    chmodSync(join(folder, ".."), 0o755);
    const script = `process.setuid(65534); const { openDatabase } = await import(${JSON.stringify(module)}); await openDatabase("sqlite:${folder}/x.db").catch((error) => console.log(error.message));`;
    chmodSync(folder, 0o555);
    expect(await runNode(script)).toMatch(`The database ${folder}/x.db cannot be written. Give the user who runs the gateway the right`);
  });
});

test("a health check fails once the database is closed", async () => {
  const database = await openDatabase("sqlite::memory:");
  await database.ping();
  await database.close();
  await expect(database.ping()).rejects.toThrow("driver has already been destroyed");
});
