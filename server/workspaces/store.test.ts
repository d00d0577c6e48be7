import { expect, test } from "vitest";
import { temporaryDatabase } from "../storage/testing.ts";
import { createWorkspaceStore, type Workspace } from "./store.ts";

const workspace = (id: string, overrides: Partial<Workspace> = {}): Workspace => ({ id, label: id, agentId: null, skills: [], allowlist: [], createdAt: 1, updatedAt: 1, ...overrides });

const store = async () => createWorkspaceStore({ database: await temporaryDatabase() });

test("ids are listed in their order, or those of the given ones that exist", async () => {
  const workspaces = await store();
  await workspaces.seed([workspace("b"), workspace("a")]);
  expect([await workspaces.ids(), await workspaces.ids(["b", "none"]), await workspaces.ids([])]).toEqual([["a", "b"], ["b"], []]);
});

test("what is seeded is found, with all that it was given", async () => {
  const workspaces = await store();
  const team = workspace("team", { label: "Team", agentId: "main", skills: ["*"], allowlist: ["u1", "u2"] });
  await workspaces.seed([team, workspace("other")]);
  expect(await workspaces.find("team")).toEqual(team);
  expect(await workspaces.exists("team")).toBe(true);
  expect(await workspaces.find("none")).toBeUndefined();
  expect(await workspaces.exists("none")).toBe(false);
});

test("seeding again adds what is missing and leaves the rest as it is", async () => {
  const workspaces = await store();
  await workspaces.seed([]);
  await workspaces.seed([workspace("team", { label: "Ours" })]);
  await workspaces.seed([workspace("team", { label: "From the file" }), workspace("new")]);
  expect(await workspaces.find("team")).toMatchObject({ label: "Ours" });
  expect(await workspaces.exists("new")).toBe(true);
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
  await expect(workspaces.list({ limit: 3, cursor: "nonsense" })).rejects.toMatchObject({ code: "bad_request", details: { errors: [{ path: "/cursor" }] } });
});
