import { expect, test } from "vitest";
import { createAgents } from "../agents/service.ts";
import { GatewayError } from "../errors.ts";
import { testPrincipal } from "../keys/testing.ts";
import { temporaryDatabase } from "../storage/testing.ts";
import { createWorkspaces } from "./service.ts";
import { createWorkspaceStore, type WorkspaceStore } from "./store.ts";

const owner = testPrincipal();
const agents = createAgents({ list: [{ id: "main", name: "Main", description: "", model: null, systemPrompt: "", tools: [], denyTools: [], skills: [], maxSteps: 4, summarize: false }], default: "main" });

/** A service with the workspace `team`, whose store and runs do what a test puts in their place. */
async function service(overrides: { store?: (store: WorkspaceStore) => Partial<WorkspaceStore>; cancelIn?: (id: string) => Promise<void> } = {}) {
  const told: string[] = [];
  const clock = { now: 1000 };
  const real = createWorkspaceStore({ database: await temporaryDatabase() });
  const runs = {
    cancelIn: overrides.cancelIn ?? (async (id: string) => void told.push(`cancel ${id}`)),
    forgetIn: (id: string) => void told.push(`forget ${id}`),
  };
  const workspaces = createWorkspaces({ store: { ...real, ...overrides.store?.(real) }, agents, runs, now: () => clock.now });
  await workspaces.create(owner, { id: "team", label: "Team" });
  return { workspaces, told, clock };
}

const usersOf = async ({ workspaces }: Awaited<ReturnType<typeof service>>, id = "team") => [...(await workspaces.getFor(owner, id)).allowlist];

test("what was asked for before a change is not what is answered after it", async () => {
  const made = await service();
  expect(await usersOf(made)).toEqual([]);
  made.clock.now = 2000;
  const changed = await made.workspaces.updateAllowlist(owner, "team", { add: ["ada"] });
  expect(changed).toMatchObject({ createdAt: 1000, updatedAt: 2000 });
  expect(await made.workspaces.getFor(owner, "team")).toEqual(changed);
});

test("a change that changes nothing leaves the time of the last one", async () => {
  const { workspaces, clock } = await service();
  clock.now = 2000;
  expect(await workspaces.updateAllowlist(owner, "team", { remove: ["nobody"] })).toMatchObject({ updatedAt: 1000 });
});

test("a row that was read before a change, and comes after it, is not kept", async () => {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  let isFirst = true;
  const made = await service({
    store: (store) => ({
      async find(id) {
        const found = await store.find(id);
        if (!isFirst) return found;
        isFirst = false;
        await late;
        return found;
      },
    }),
  });
  const before = made.workspaces.getFor(owner, "team");
  await made.workspaces.updateAllowlist(owner, "team", { add: ["ada"] });
  resolve();
  await before;
  expect(await usersOf(made)).toEqual(["ada"]);
});

test("is not found while it is deleted; its turns end before it goes, and all is forgotten after", async () => {
  const { promise: cancelled, resolve } = Promise.withResolvers<void>();
  const { workspaces, told } = await service({ cancelIn: () => cancelled });
  workspaces.onDeleted((id) => told.push(`listener ${id}`));
  const deletion = workspaces.delete(owner, "team", { force: true });
  await expect(workspaces.getFor(owner, "team").then(() => workspaces.getFor(owner, "team"))).rejects.toMatchObject({ code: "not_found" });
  await expect(workspaces.create(owner, { id: "team" })).rejects.toMatchObject({ code: "conflict" });
  expect(told).toEqual([]);
  resolve();
  await deletion;
  expect(told).toEqual(["forget team", "listener team"]);
  expect(await workspaces.create(owner, { id: "team" })).toMatchObject({ label: "team" });
});

test("a deletion that fails leaves it as it was", async () => {
  const made = await service({ store: () => ({ delete: () => Promise.reject(new GatewayError("service_unavailable", "The disk is full.")) }) });
  await expect(made.workspaces.delete(owner, "team", { force: true })).rejects.toMatchObject({ code: "service_unavailable" });
  expect(await usersOf(made)).toEqual([]);
  expect(made.told).toEqual(["cancel team"]);
});

test("sessions that stand in the way are seen before any turn is cancelled", async () => {
  const { workspaces, told } = await service({ store: () => ({ countSessions: async () => 1 }) });
  await expect(workspaces.delete(owner, "team", { force: false })).rejects.toMatchObject({ code: "conflict", details: { sessions: 1 } });
  expect(told).toEqual([]);
});

test("is seeded again while it runs: new ones are made, the others stay", async () => {
  const { workspaces } = await service();
  const plain = { label: "From the file", agent: "main", skills: [], allowlist: ["ada"] };
  await workspaces.seed([{ id: "team", ...plain }, { id: "new", ...plain }]);
  expect(await workspaces.getFor(owner, "team")).toMatchObject({ label: "Team" });
  expect(await workspaces.getFor(owner, "new")).toMatchObject({ label: "From the file", agentId: "main", allowlist: new Set(["ada"]) });
});
