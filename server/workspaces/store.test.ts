import { sql } from "kysely";
import { expect, test } from "vitest";
import { newId } from "../ids.ts";
import { createKeyStore } from "../keys/store.ts";
import { testKey } from "../keys/testing.ts";
import { createEventWriter } from "../events/writer.ts";
import { createRunStore } from "../runs/store.ts";
import { newRun, newSession } from "../runs/testing.ts";
import type { Database } from "../storage/database.ts";
import { seededWorkspaces } from "../storage/migrations/0003-seeded-workspaces.ts";
import { temporaryDatabase } from "../storage/testing.ts";
import { createWorkspaceStore, type Workspace } from "./store.ts";

const workspace = (id: string, overrides: Partial<Workspace> = {}): Workspace => ({ id, label: id, agentId: null, skills: [], allowlist: new Set(), createdAt: 1, updatedAt: 1, ...overrides });

const store = async () => createWorkspaceStore({ database: await temporaryDatabase() });

test("ids are listed in their order, or those of the given ones that exist", async () => {
  const workspaces = await store();
  await workspaces.seed([workspace("b"), workspace("a")]);
  expect([await workspaces.ids(), await workspaces.ids(["b", "none"]), await workspaces.ids([])]).toEqual([["a", "b"], ["b"], []]);
});

test("what is seeded is found, with all that it was given", async () => {
  const workspaces = await store();
  const team = workspace("team", { label: "Team", agentId: "main", skills: ["*"], allowlist: new Set(["u1", "u2"]) });
  await workspaces.seed([team, workspace("other")]);
  expect(await workspaces.find("team")).toEqual(team);
  expect(await workspaces.find("none")).toBeUndefined();
});

test("seeding again adds what is missing and leaves the rest as it is", async () => {
  const workspaces = await store();
  await workspaces.seed([]);
  await workspaces.seed([workspace("team", { label: "Ours" })]);
  await workspaces.seed([workspace("team", { label: "From the file" }), workspace("new")]);
  expect(await workspaces.find("team")).toMatchObject({ label: "Ours" });
  expect(await workspaces.find("new")).toBeDefined();
});

test("what was seeded and then deleted does not come back, what was made and deleted may be seeded still", async () => {
  const workspaces = await store();
  await workspaces.seed([workspace("team")]);
  await workspaces.create(workspace("made"));
  for (const id of ["team", "made"]) await workspaces.delete(id, { force: false });
  await workspaces.seed([workspace("team"), workspace("made", { label: "From the file" })]);
  expect(await workspaces.find("team")).toBeUndefined();
  expect(await workspaces.find("made")).toMatchObject({ label: "From the file" });
});

test("what the database had before it remembered what was seeded counts as seeded", async () => {
  const database = await temporaryDatabase();
  await createWorkspaceStore({ database }).create(workspace("old"));
  await database.kysely.schema.dropTable("seeded_workspaces").execute();
  await seededWorkspaces.up(database.kysely);
  expect(await database.kysely.selectFrom("seeded_workspaces").selectAll().execute()).toEqual([{ id: "old" }]);
});

test("the list goes by id, page by page, and through some of them", async () => {
  const workspaces = await store();
  await workspaces.seed(["c", "a", "d", "b"].map((id) => workspace(id)));
  const first = await workspaces.list({ limit: 3 });
  expect(first.items.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  const second = await workspaces.list({ limit: 3, cursor: first.nextCursor ?? "" });
  expect(second).toMatchObject({ items: [{ id: "d" }], nextCursor: null });
  expect(await workspaces.list({ ids: ["d", "none", "a"], limit: 3 })).toMatchObject({ items: [{ id: "a" }, { id: "d" }], nextCursor: null });
  expect(await workspaces.list({ ids: [], limit: 3 })).toEqual({ items: [], nextCursor: null });
  await expect(workspaces.list({ limit: 3, cursor: "nonsense" })).rejects.toMatchObject({ code: "bad_request", details: { errors: [{ path: "/query/cursor" }] } });
});

test("an id is taken once", async () => {
  const workspaces = await store();
  expect(await Promise.all([workspaces.create(workspace("team", { label: "First" })), workspaces.create(workspace("team"))])).toEqual([true, false]);
  expect(await workspaces.find("team")).toMatchObject({ label: "First" });
});

test("changes that come at once are made one after another", async () => {
  const workspaces = await store();
  await workspaces.create(workspace("team"));
  const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
  await Promise.all(users.map((user) => workspaces.update("team", (before) => ({ ...before, allowlist: new Set([...before.allowlist, user]) }))));
  expect((await workspaces.find("team"))?.allowlist).toEqual(new Set(users));
  expect(await workspaces.update("none", (before) => before)).toBeUndefined();
});

/** Two sessions with a turn each, one in `team` and one in `other`, a run without a session in `team`, and keys of both. */
async function populated() {
  const database = await temporaryDatabase();
  const workspaces = createWorkspaceStore({ database });
  const runs = createRunStore({ database, events: createEventWriter({ database }) });
  const keys = createKeyStore({ database });
  await workspaces.seed([workspace("team"), workspace("other")]);
  for (const workspaceId of ["team", "other"]) {
    const session = newSession({ workspaceId });
    const run = newRun({ workspaceId, sessionId: session.id });
    await runs.begin({ run, session, userMessage: { id: newId("msg"), content: "Hello" } });
  }
  await runs.begin({ run: newRun({ workspaceId: "team" }), session: null, userMessage: null });
  for (const bound of [["team"], ["other", "team"], ["other"], "*"] as const) await keys.insert(testKey({ workspaces: bound }));
  return { database, workspaces, boundOf: async () => (await keys.list({ after: "", limit: 10 })).map((key) => key.workspaces) };
}

async function counts({ kysely }: Database) {
  const count = async (table: "workspaces" | "sessions" | "messages" | "runs") => (await kysely.selectFrom(table).selectAll().execute()).length;
  return { workspaces: await count("workspaces"), sessions: await count("sessions"), messages: await count("messages"), runs: await count("runs") };
}

test("a workspace goes with its sessions, messages and runs, and out of the keys; those of others stay", async () => {
  const { database, workspaces, boundOf } = await populated();
  expect(await workspaces.delete("team", { force: true })).toEqual({ isDeleted: true, sessions: 1 });
  expect(await counts(database)).toEqual({ workspaces: 1, sessions: 1, messages: 1, runs: 1 });
  // An empty list and not null, which would be every workspace.
  expect(await boundOf()).toEqual([[], ["other"], ["other"], "*"]);
  expect(await workspaces.delete("team", { force: true })).toEqual({ isDeleted: false, sessions: 0 });
});

test("with sessions and without force, nothing goes", async () => {
  const { database, workspaces, boundOf } = await populated();
  const before = await counts(database);
  expect(await workspaces.delete("team", { force: false })).toEqual({ isDeleted: false, sessions: 1 });
  expect(await counts(database)).toEqual(before);
  expect(await boundOf()).toEqual([["team"], ["other", "team"], ["other"], "*"]);
});

test("a deletion that fails at its last step takes everything back", async () => {
  const { database, workspaces, boundOf } = await populated();
  const before = await counts(database);
  await sql`create trigger refuse before delete on workspaces begin select raise(abort, 'no'); end`.execute(database.kysely);
  await expect(workspaces.delete("team", { force: true })).rejects.toMatchObject({ code: expect.any(String) });
  expect(await counts(database)).toEqual(before);
  expect(await boundOf()).toEqual([["team"], ["other", "team"], ["other"], "*"]);
});
