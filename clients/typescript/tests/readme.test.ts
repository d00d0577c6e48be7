import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownerToken, startTestGateway, type TestGateway } from "../../../contract-tests/harness/gateway.ts";

const clients = resolve(import.meta.dirname, "..");
const run = promisify(execFile);

let gateway: TestGateway;
let folder: string;

beforeAll(async () => {
  gateway = await startTestGateway({ settings: { workspaces: [{ id: "team", label: "Team", agent: "main" }] } });
  folder = await mkdtemp(join(tmpdir(), "openclaw-readme-"));
  await mkdir(join(folder, "node_modules/@openclaw"), { recursive: true });
  for (const name of ["sdk", "api-client"]) await symlink(join(clients, name), join(folder, "node_modules/@openclaw", name));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await gateway.close();
});

async function examplesOf(name: string): Promise<string[]> {
  const readme = await readFile(join(clients, name, "README.md"), "utf8");
  return [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);
}

test.each(["sdk", "api-client"])("every example of %s's README runs as it stands", async (name) => {
  const examples = await examplesOf(name);
  expect(examples.length).toBeGreaterThan(1);
  for (const [index, code] of examples.entries()) {
    const file = join(folder, `${name}-${index}.ts`);
    await writeFile(file, code);
    const { stdout, stderr } = await run(process.execPath, [file], {
      env: { ...process.env, OPENCLAW_URL: gateway.url, OPENCLAW_TOKEN: ownerToken },
    });
    expect(stderr).toBe("");
    expect(index === 2 && name === "api-client" ? "silent" : stdout).not.toBe("");
  }
});
