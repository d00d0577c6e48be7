import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openclaw, ownerToken, startGatewayProcess, temporaryFolder } from "./gateway-process.ts";

// What an operator does with the settings of a gateway that runs.

const patience = { timeout: 10_000, interval: 10 };
const owner = { gateway: { auth: { token: ownerToken } } };

test("a settings file that is edited takes effect, SIGHUP or not, and a broken one stops nothing", async () => {
  const folder = temporaryFolder();
  const gateway = await startGatewayProcess({ folder, settings: owner });
  const file = join(folder, "settings.json");
  const agents = async () => {
    const { agents: list } = (await (await gateway.call("/api/v1/agents")).json()) as { agents: { id: string }[] };
    return list.map(({ id }) => id);
  };
  writeFileSync(file, JSON.stringify({ ...owner, agents: { list: [{ id: "first" }] } }));
  await vi.waitFor(async () => expect(await agents()).toEqual(["first"]), patience);
  writeFileSync(file, JSON.stringify({ ...owner, agents: { list: [{ id: "second" }] } }));
  gateway.cli.kill("SIGHUP");
  await vi.waitFor(async () => expect(await agents()).toEqual(["second"]), patience);
  writeFileSync(file, "{ broken");
  gateway.cli.kill("SIGHUP");
  await gateway.cli.untilSaid(/the settings before stay in force/);
  expect(await agents()).toEqual(["second"]);
  gateway.cli.kill("SIGTERM");
  const { status, stdout } = await gateway.cli.exit;
  expect(status).toBe(0);
  expect(stdout).not.toContain(ownerToken);
});

test("without a file, a change makes one, which the next start reads", async () => {
  const folder = temporaryFolder();
  const gateway = await startGatewayProcess({ folder, settings: null });
  const [, token = ""] = /Token +(\S+)/.exec(gateway.cli.stdout) ?? [];
  const answer = await gateway.call("/api/config", { token, method: "PATCH", json: { agents: { list: [{ id: "mine" }] } } });
  expect(await answer.json()).toMatchObject({ config: { agents: { list: [{ id: "mine" }] } }, restartRequired: [] });
  gateway.cli.kill("SIGTERM");
  await gateway.cli.exit;
  const again = openclaw(["start", "--port", "0"], { HOME: folder, OPENCLAW_STATE_DIR: join(folder, "state") });
  await again.untilSaid(/Settings +\S+openclaw\.json\n/);
});
