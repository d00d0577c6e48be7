import type { CompiledQuery } from "kysely";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { type Database, openDatabase } from "./database.ts";
import { temporaryDatabase, temporaryFolder } from "./testing.ts";

const insert = ({ kysely }: Database, id: string, label = "x"): CompiledQuery =>
  kysely.insertInto("workspaces").values({ id, label, skills: "[]", allowlist: "[]", created_at: 0, updated_at: 0 }).compile();

const ids = async ({ kysely }: Database) => (await kysely.selectFrom("workspaces").select("id").orderBy("id").execute()).map(({ id }) => id);

describe("a script", () => {
  test("is told of each query how many rows it changed, and gives back what it returns", async () => {
    const database = await temporaryDatabase();
    const answer = await database.run(function* () {
      const inserted = yield insert(database, "a");
      const selected = yield database.kysely.selectFrom("workspaces").select("id").compile();
      return { inserted: inserted.affected, rows: selected.rows.map((row) => ({ ...(row as object) })) };
    });
    expect(answer).toEqual({ inserted: 1, rows: [{ id: "a" }] });
  });

  test("that throws leaves nothing, also when it is alone", async () => {
    const database = await temporaryDatabase();
    const failing = database.run(function* () {
      yield insert(database, "a");
      throw new Error("in the middle");
    });
    await expect(failing).rejects.toThrow("in the middle");
    expect(await ids(database)).toEqual([]);
  });

  test("that throws takes none of its group with it", async () => {
    const database = await temporaryDatabase();
    const settled = await Promise.allSettled(
      ["a", "b", "c", "d"].map((id) =>
        database.run(function* () {
          yield insert(database, id);
          if (id === "b") throw new Error("in the middle");
          return id;
        }),
      ),
    );
    expect(settled.map((outcome) => (outcome.status === "fulfilled" ? outcome.value : "failed"))).toEqual(["a", "failed", "c", "d"]);
    expect(await ids(database)).toEqual(["a", "c", "d"]);
  });

  test("with a taken id is a conflict, in a group and alone", async () => {
    const database = await temporaryDatabase();
    const again = () =>
      database.run(function* () {
        yield insert(database, "a");
      });
    const settled = await Promise.allSettled([again(), again()]);
    expect(settled).toMatchObject([{ status: "fulfilled" }, { status: "rejected", reason: { code: "conflict" } }]);
    await expect(again()).rejects.toMatchObject({ code: "conflict" });
  });

  test("waits until an open transaction of Kysely's has ended, and is not taken back with it", async () => {
    const database = await temporaryDatabase();
    let script: Promise<void> | undefined;
    const transaction = database.kysely.transaction().execute(async (open) => {
      await open.executeQuery(insert(database, "taken-back"));
      script = database.run(function* () {
        yield insert(database, "a");
      });
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error("taken back");
    });
    await expect(transaction).rejects.toThrow("taken back");
    await script;
    expect(await ids(database)).toEqual(["a"]);
  });

  test("that was asked for before the database is closed still runs", async () => {
    const url = `sqlite:${temporaryFolder()}/x.db`;
    const database = await openDatabase(url);
    const scripts = ["a", "b"].map((id) =>
      database.run(function* () {
        yield insert(database, id);
      }),
    );
    await database.close();
    await Promise.all(scripts);
    expect(await ids(await temporaryDatabase(url))).toEqual(["a", "b"]);
  });

  test("after the database is closed is refused", async () => {
    const database = await openDatabase("sqlite::memory:");
    await database.close();
    await expect(
      database.run(function* () {
        yield insert(database, "a");
      }),
    ).rejects.toMatchObject({ code: "service_unavailable" });
  });
});

describe("a full disk", () => {
  const big = "x".repeat(400_000);

  test("is service_unavailable with SQLite's own words as the cause, and what was there stays", async () => {
    const database = await temporaryDatabase(`sqlite:${temporaryFolder()}/x.db`);
    await database.kysely.executeQuery(insert(database, "a"));
    await sql`pragma max_page_count = 40`.execute(database.kysely);

    const transaction = database.kysely.transaction().execute((open) => open.executeQuery(insert(database, "b", big)));
    await expect(transaction).rejects.toMatchObject({ code: "service_unavailable", message: "The gateway cannot use its database right now: the disk is full.", cause: { errcode: 13 } });
    await expect(database.kysely.executeQuery(insert(database, "c", big))).rejects.toMatchObject({ code: "service_unavailable" });
    expect(await ids(database)).toEqual(["a"]);
  });

  test("fails those scripts of a group that do not fit, and only those", async () => {
    const database = await temporaryDatabase(`sqlite:${temporaryFolder()}/x.db`);
    await sql`pragma max_page_count = 40`.execute(database.kysely);
    const settled = await Promise.allSettled(
      ["a", "b", "c"].map((id) =>
        database.run(function* () {
          yield insert(database, id, id === "b" ? big : "x");
        }),
      ),
    );
    expect(settled).toMatchObject([{ status: "fulfilled" }, { status: "rejected", reason: { code: "service_unavailable" } }, { status: "fulfilled" }]);
    expect(await ids(database)).toEqual(["a", "c"]);
  });

  test("is over as soon as there is room", async () => {
    const database = await temporaryDatabase(`sqlite:${temporaryFolder()}/x.db`);
    await sql`pragma max_page_count = 40`.execute(database.kysely);
    const write = () =>
      database.run(function* () {
        yield insert(database, "a", big);
      });
    await expect(write()).rejects.toMatchObject({ code: "service_unavailable" });
    await sql`pragma max_page_count = 4000`.execute(database.kysely);
    await write();
    expect(await ids(database)).toEqual(["a"]);
  });
});

test("a fault of our own SQL is not dressed up", async () => {
  const database = await temporaryDatabase();
  await expect(sql`select nonsense`.execute(database.kysely)).rejects.not.toHaveProperty("status");
});
