import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { JsonReport } from "../../server/conformance/json-report.ts";
import { runOpenclaw } from "../../server/cli/testing.ts";
import type { ServerTarget } from "../contract/server-target.ts";
import { temporaryFolder } from "../process/gateway-process.ts";
import { adminToken, conformanceOf, readerToken, useConformingServer } from "./gateway.ts";

// Our own gateway, tested by `openclaw conformance` as anybody would.

const skippedOf = ({ tests }: JsonReport) => tests.filter(({ outcome }) => outcome === "skipped").map(({ operationId, check, name, reason }) => `${operationId}: ${check}: ${name}: ${reason}`);

describe("the gateway", () => {
  const server = useConformingServer();

  test("conforms, every operation of it, and is left as it was", { timeout: 120_000 }, async () => {
    const before = await objectsOf(server);
    const folder = temporaryFolder();
    const [json, junit] = [join(folder, "report.json"), join(folder, "report.xml")];
    const { status, stdout, stderr } = await runOpenclaw(["conformance", "--base-url", server.gateway.url, "--token", adminToken, "--json", json, "--junit", junit], {});
    const report = JSON.parse(await readFile(json, "utf8")) as JsonReport;
    expect(report.tests.filter(({ outcome }) => outcome === "failed"), stderr).toEqual([]);
    expect(status).toBe(0);
    expect(stdout).toContain(`\n${report.passed} passed, 0 failed, ${report.skipped} skipped, 0 operations not allowed`);
    expect(report.passed).toBeGreaterThan(1500);
    await expect(`${skippedOf(report).sort().join("\n")}\n`).toMatchFileSnapshot("skipped.txt");
    const xml = await readFile(junit, "utf8");
    expect(xml.match(/<testcase /g)).toHaveLength(report.tests.length);
    expect([report.leftBehind, report.notAllowed]).toEqual([[], []]);
    expect(await objectsOf(server)).toEqual(before);
    expect(stdout + xml + JSON.stringify(report)).not.toContain(adminToken);
  });

  test("what the key may not do is told, and is no failure", async () => {
    const { outcomes, notAllowed } = await conformanceOf(server.gateway.url, ["listAgents", "chat", "createKey"], { token: readerToken });
    expect(notAllowed.map(({ operationId }) => operationId)).toEqual(["chat", "createKey"]);
    expect(outcomes.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    expect(new Set(outcomes.map(({ operationId }) => operationId))).toEqual(new Set(["listAgents"]));
  });
});

/** What there is, of all that the tests could make. */
async function objectsOf(server: ServerTarget) {
  const list = async (path: string) => (await (await server.gateway.call(path)).json()) as Record<string, { id: string; revokedAt?: string }[]>;
  const ids = async (path: string) => Object.values(await list(path))[0]!.filter(({ revokedAt }) => !revokedAt).map(({ id }) => id);
  const [settings, skills] = [await (await server.gateway.call("/api/v1/config")).text(), await (await server.gateway.call("/api/v1/skills")).text()];
  const paths = ["sessions", "workspaces", "keys", "webhooks", "cron", "memory"].map((name) => `/api/v1/${name}?limit=100`);
  return { settings, skills, objects: await Promise.all(paths.map(ids)) };
}
