import { mkdtempSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skillFile } from "../../../server/skills/testing/skills.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { operatorFile, token } from "./settings-file.ts";

const downloads = mkdtempSync(join(tmpdir(), "openclaw-downloads-"));
const withDownloads = (modelsSection: string) => {
  const file = operatorFile(modelsSection);
  return { ...file, text: `${file.text}skills:\n  installFrom: [${JSON.stringify(downloads)}]\n` };
};

describe("the operator document's skills", () => {
  beforeAll(async () => {
    await mkdir(join(downloads, "weather"));
    await writeFile(join(downloads, "weather/SKILL.md"), skillFile("weather"));
  });
  afterAll(() => rm(downloads, { recursive: true }));

  describeOnBackends(withDownloads, (gateway) => {
    const call = (method: string, path = "", body?: object): Promise<Response> =>
      fetch(`${gateway.url}/api/v1/skills${path}`, { method, headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) }, body: body ? JSON.stringify(body) : null });
    const names = async () => ((await (await call("GET")).json()) as { skills: { name: string }[] }).skills.map(({ name }) => name);

    test("are installed, listed and removed", async () => {
      expect(await names()).toEqual([]);
      const installed = await call("POST", "/install", { path: "weather" });
      expect([installed.status, await installed.json()]).toEqual([201, expect.objectContaining({ name: "weather", enabled: true })]);
      expect(await names()).toEqual(["weather"]);
      expect((await call("DELETE", "/weather")).status).toBe(204);
      expect((await call("DELETE", "/weather")).status).toBe(404);
      expect(await names()).toEqual([]);
    });
  });
});
