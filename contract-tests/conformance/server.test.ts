import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { methodsAt } from "../../server/conformance/contract.ts";
import type { JsonReport } from "../../server/conformance/json-report.ts";
import { runOpenclaw } from "../../server/cli/testing.ts";
import { isLegalId } from "../../server/ids.ts";
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

  test("nothing is asked for that reaches further than the tests' own objects", { timeout: 120_000 }, async () => {
    const sent: { method: string; url: URL; headers: Record<string, string>; body: string }[] = [];
    const made = new Set<string>();
    const pass = globalThis.fetch;
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init = {}) => {
      const response = await pass(input, init);
      const url = new URL(input instanceof Request ? input.url : input);
      sent.push({ method: init.method ?? "GET", url, headers: init.headers as Record<string, string>, body: (init.body as string | null) ?? "" });
      if (response.status === 201) made.add(((await response.clone().json()) as { id: string }).id);
      // Of a run that the tests have begun.
      if (response.status === 200 && /\/runs\/[^/]+$/.test(url.pathname)) made.add(((await response.clone().json()) as { sessionId: string }).sessionId);
      return response;
    });
    await conformanceOf(server.gateway.url).finally(() => spy.mockRestore());
    const asked = (method: string, path: RegExp) => sent.filter((request) => request.method === method && path.test(request.url.pathname));
    const isObject = ({ body }: { body: string }) => /^\{.*\}$/s.test(body) && !body.startsWith('{"a":{"a":');

    const settings = [...asked("PUT", /\/config$/), ...asked("PATCH", /\/config$/)];
    expect(settings.length).toBeGreaterThan(10);
    expect(settings.filter((request) => isObject(request) && request.headers["If-Match"] !== '"conformance"')).toEqual([]);
    const outside = [...asked("POST", /\/api\/v1\/send$/), ...asked("POST", /\/api\/messages$/), ...asked("POST", /\/skills\/install$/)];
    expect(outside.length).toBeGreaterThan(15);
    expect(outside.filter(isObject)).toEqual([]);

    const deletes = sent.filter(({ method }) => method === "DELETE");
    expect(deletes.length).toBeGreaterThan(50);
    const isOwn = (id: string) => made.has(id) || id.startsWith("conformance-") || !isLegalId(id);
    const foreign = deletes.filter(({ url, headers }) => {
      // A method that the path does not have.
      if (!methodsAt(url.pathname).includes("DELETE")) return false;
      if (url.pathname.endsWith("/prune")) return url.searchParams.get("dry_run") !== "true" && "Authorization" in headers;
      return !isOwn(url.searchParams.get("workspace") ?? decodeURIComponent(url.pathname.split("/").at(-1)!));
    });
    expect(foreign.map(({ url }) => url.href)).toEqual([]);
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
