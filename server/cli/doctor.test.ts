import { chmodSync, mkdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownerToken, startTestGateway } from "../../contract-tests/harness/gateway.ts";
import { createTestHome, type TestHome } from "../settings/test-home.ts";
import { runOpenclaw } from "./testing.ts";

const token = "the-token-of-the-owner-of-this";

/** A state folder as the gateway makes one. */
function homeWith(settings: object): TestHome {
  const home = createTestHome();
  const file = home.write(".openclaw/openclaw.json", JSON.stringify(settings));
  chmodSync(file, 0o600);
  chmodSync(join(home.path, ".openclaw"), 0o700);
  return home;
}

test("a good set-up: 0, and no file more than before", async () => {
  const home = homeWith({ gateway: { port: 0, auth: { token } } });
  const { status, stdout, stderr } = await runOpenclaw(["doctor", "--strict"], { HOME: home.path });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^\nProgram\n {2}✓ Node is [^]*\nSettings\n {2}✓ [^]*\nEverything is fine\.\n$/);
  expect(await readdir(join(home.path, ".openclaw"))).toEqual(["openclaw.json"]);
});

test("a machine on which there is nothing yet: 0", async () => {
  const home = createTestHome();
  mkdirSync(join(home.path, "empty"));
  const { status, stdout } = await runOpenclaw(["doctor"], { HOME: join(home.path, "empty"), PORT: "0" });
  expect(status).toBe(0);
  expect(stdout).toContain("No settings file: the defaults are used.");
  expect(await readdir(join(home.path, "empty"))).toEqual([]);
});

test("a bad set-up: 1, what is wrong, and what to do about it", async () => {
  const secret = "sk-the-secret-of-the-provider";
  const home = homeWith({
    gateway: { port: 0, auth: { token: "oc_tok_a1b2c3d4e5f6g7h8i9j0" }, cors: { enabled: true, origins: ["*"] } },
    models: { providers: { local: { type: "openai", baseUrl: "http://127.0.0.1:1/v1", apiKey: secret } } },
  });
  const { status, stdout } = await runOpenclaw(["doctor"], { HOME: home.path });
  expect(status).toBe(1);
  expect(stdout).toContain("\n  ✗ The owner's token is an example from the documentation");
  expect(stdout).toMatch(/\n {2}✗ The provider local .*\n {4}→ Look at models\.providers\.local/);
  expect(stdout).toContain("\n  ! CORS lets pages of every origin call the gateway.\n    → List the origins");
  expect(stdout).toMatch(/\n2 problems, \d warnings?\.\n$/);
  expect(stdout).not.toContain(secret);
});

test("warnings: 0, or 1 when it is strict", async () => {
  const home = homeWith({ gateway: { port: 0, auth: { token: "short" } } });
  const outcomes = await Promise.all([["doctor"], ["doctor", "--strict"]].map((args) => runOpenclaw(args, { HOME: home.path })));
  expect(outcomes.map(({ status }) => status)).toEqual([0, 1]);
});

test("settings that cannot be used: each fault is a problem", async () => {
  const home = homeWith({ gateway: { prt: 1 } });
  const { status, stdout } = await runOpenclaw(["doctor", "--json"], { HOME: home.path });
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ problems: 1, findings: expect.arrayContaining([{ group: "Settings", level: "problem", message: expect.stringContaining("/gateway/prt") as string, next: expect.any(String) as string }]) as object });
});

test("beside a gateway that runs", async () => {
  const gateway = await startTestGateway();
  onTestFinished(() => gateway.close());
  const { port } = new URL(gateway.url);
  const { stdout } = await runOpenclaw(["doctor", "--json", "--config", join(gateway.stateDir, "settings.json")], { HOME: gateway.stateDir, OPENCLAW_STATE_DIR: gateway.stateDir, PORT: port });
  const { findings } = JSON.parse(stdout) as { findings: { message: string; level: string }[] };
  expect(findings).toContainEqual(expect.objectContaining({ level: "ok", message: expect.stringMatching(/^The gateway .* answers at 127\.0\.0\.1:/) as string }));
  expect(findings).toContainEqual(expect.objectContaining({ level: "ok", message: expect.stringContaining("is whole and up to date") as string }));
  expect(stdout).not.toContain(ownerToken);
  expect((await gateway.call("/api/v1/sessions")).status).toBe(200);
});
