import { chmod, chown, readFile } from "node:fs/promises";
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { version } from "../../server/package-files.ts";
import { runProgram } from "../editions/support/run-program.ts";
import { lacks } from "../harness/lacks.ts";
import { readEvents } from "../harness/sse.ts";
import { openclaw, ownerToken, type Program, startGatewayProcess, temporaryFolder } from "../process/gateway-process.ts";
import { bytesOf, emptyFolder, npm, npx, pack, type Tarball } from "./npm.ts";

const repository = resolve(import.meta.dirname, "../..");
const lacksRegistry = lacks("npm's registry", "npm", ["view", "koa@3.3.0", "version"]);
const lacksBox = lacks("a root that may unshare, and setpriv", "unshare", ["--mount", "setpriv", "--reuid=1000", "--clear-groups", "true"]);

let tarball: Tarball;
let user: Awaited<ReturnType<typeof emptyFolder>>;
beforeAll(async () => {
  user = await emptyFolder();
  tarball = await pack(repository, user.folder);
}, 180_000);
afterAll(() => user.remove());

describe("the package of the gateway", () => {
  test("has what runs, the contract and the pages, and nothing that only the repository needs", () => {
    const isWanted = /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|bin\/openclaw\.js|dist\/[\w-]+\.(js|txt)|dist\/vendor\/.*|generated\/[\w.-]+\.(json|yaml)|generated\/server\/(conformance|examples)\.json|generated\/(web|docs)\/.*|deploy\/(README\.md|openclaw\.service|gateway\.env\.example|nginx\/.*)|server\/metrics\/grafana-dashboard\.json)$/;
    expect(tarball.files.filter((path) => !isWanted.test(path))).toEqual([]);
    expect(tarball.files).toEqual(expect.arrayContaining(["bin/openclaw.js", "dist/openclaw.js", "dist/run-code-worker.js", "dist/THIRD-PARTY-LICENSES.txt", "generated/openapi.yaml", "LICENSE"]));
    expect(tarball.size).toBeLessThan(3_500_000);
  });

  test("has every file that the server asks for by name", () => {
    const source = globSync("server/**/*.ts", { cwd: repository }).map((file) => readFileSync(join(repository, file), "utf8")).join("");
    const named = (call: string, folder = "") => [...source.matchAll(new RegExp(`\\b${call}\\("([^"]+)"\\)`, "g"))].map(([, path]) => folder + path!);
    const asked = [...named("packageFile"), ...named("vendoredFile", "dist/vendor/")].filter((path) => !path.startsWith("node_modules/"));
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter((path) => !tarball.files.some((file) => file === path || (path.endsWith("/") && file.startsWith(path))))).toEqual([]);
  });

  test("names the license of all that is bundled", async () => {
    const texts = (await readFile(join(repository, "dist/THIRD-PARTY-LICENSES.txt"), "utf8")).split("\n\n---\n\n");
    const names = texts.filter((text) => /^\S+\n\n\S/.test(text)).map((text) => text.split("\n")[0]);
    expect(names).toEqual(expect.arrayContaining(["@scalar/api-reference", "ajv", "dompurify", "preact", "uplot", "vue"]));
  });

  test("is as npm wants it", async () => {
    expect((await publint({ pack: { tarball: await bytesOf(tarball) }, strict: true })).messages).toEqual([]);
  });

  test("tells who has an older Node what to do", async () => {
    const older = `data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"20.20.2"}})`;
    const { status, stderr } = await runProgram(process.execPath, ["--import", older, join(repository, "bin/openclaw.js"), "--version"]);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^OpenClaw needs Node 24\.\d+ or newer, and this is 20\.20\.2\. .*npm install node@24\n$/)]);
  });
});

describe.skipIf(lacksRegistry)("the package, installed into an empty folder", () => {
  let program: Program;
  beforeAll(async () => {
    await npm(user.folder, "install", tarball.file);
    program = [join(user.folder, "node_modules/.bin/openclaw")];
  }, 180_000);

  test("is there for npx", async () => {
    expect(await npx(user.folder, "openclaw", "--version")).toBe(`${version}\n`);
  });

  test("serves turns, streams, tools in threads, the pages, the reference and the contract, and ends when it is told to", async () => {
    const settings = { gateway: { auth: { enabled: true, token: ownerToken } }, tools: { allow: ["run_code"] } };
    const { cli, url, call } = await startGatewayProcess({ folder: temporaryFolder(), settings, program });

    expect(await (await call("/api/v1/messages", { json: { message: "Hello" } })).json()).toMatchObject({ response: expect.stringContaining("You said: Hello") });
    const events = await Array.fromAsync(readEvents(await call("/api/v1/chat/stream", { json: { message: "Hello" } })));
    expect([events.at(0)?.data.type, events.at(-1)?.data.type]).toEqual(["start", "done"]);
    expect(await (await call("/api/tools/run_code/invoke", { json: { params: { code: "6 * 7" } } })).json()).toMatchObject({ output: "42" });
    const [script] = /assets\/[\w.-]+\.js/.exec(await (await call("/")).text()) ?? [];
    for (const [path, contentType] of [
      [`/${script}`, "text/javascript"],
      ["/docs", "text/html"],
      ["/docs/reference.js", "text/javascript"],
      ["/docs/ws", "text/html"],
      ["/openapi.json", "application/json"],
      ["/asyncapi.yaml", "application/yaml"],
    ] as const) {
      const answer = await call(path);
      expect([path, answer.status, answer.headers.get("Content-Type")?.split(";")[0]]).toEqual([path, 200, contentType]);
    }

    const chat = await openclaw(["chat", "Hello", "--url", url, "--token", ownerToken], { HOME: user.folder }, program).exit;
    expect(chat).toMatchObject({ status: 0, stdout: expect.stringContaining("You said: Hello") });
    cli.kill("SIGTERM");
    expect(await cli.exit).toMatchObject({ status: 0, signal: null });
  });

  test("has the other commands: a mock, the settings' schema, the doctor", async () => {
    const environment = { HOME: user.folder, OPENCLAW_STATE_DIR: join(user.folder, "state") };
    const mock = openclaw(["mock", "--port", "0"], environment, program);
    const [url] = await mock.untilSaid(/http:\/\/127\.0\.0\.1:\d+/);
    expect((await fetch(`${url}/api/v1/agents`, { headers: { Authorization: "Bearer any" } })).status).toBe(200);
    expect(JSON.parse((await openclaw(["config", "schema"], environment, program).exit).stdout)).toHaveProperty("$schema");
    expect((await openclaw(["doctor", "--json"], environment, program).exit).stdout).toContain(`"version": "${version}"`);
  });

  test.skipIf(lacksBox)("serves as nobody on a read-only root, and its container's check says so", async () => {
    const state = temporaryFolder();
    await Promise.all([chown(state, 1000, 1000), chmod(user.folder, 0o755)]);
    const inBox = (...args: string[]): Program => ["unshare", "--mount", join(import.meta.dirname, "in-a-box.sh"), user.folder, state, process.execPath, ...args];
    const installed = "/mnt/app/node_modules/openclaw/bin/openclaw.js";
    const gateway = openclaw(["start", "--port", "0"], { HOME: "/mnt/state", OPENCLAW_STATE_DIR: "/mnt/state", GATEWAY_AUTH_TOKEN: ownerToken }, inBox(installed));
    const [, url = ""] = await gateway.untilSaid(/Listening +(http:\S+)\n/);

    const answer = await fetch(`${url}/api/v1/messages`, { method: "POST", body: '{"message":"Hello"}', headers: { Authorization: `Bearer ${ownerToken}`, "Content-Type": "application/json" } });
    expect(answer.status).toBe(200);
    expect(await readFile(`/proc/${gateway.pid}/status`, "utf8")).toMatch(/^Uid:\t1000\t1000\t1000\t1000$[^]*^CapEff:\t0+$[^]*^NoNewPrivs:\t1$/m);

    const dockerfile = await readFile(join(repository, "deploy/Dockerfile"), "utf8");
    const [, check = "[]"] = /^HEALTHCHECK [^]*?CMD (\[.*\])$/m.exec(dockerfile) ?? [];
    const [, ...checkArgs] = JSON.parse(check.replace("http://127.0.0.1:18789", url)) as string[];
    expect((await openclaw(checkArgs, {}, [process.execPath]).exit).status).toBe(0);
    gateway.kill("SIGTERM");
    expect((await gateway.exit).status).toBe(0);
    expect((await openclaw(checkArgs, {}, [process.execPath]).exit).status).toBe(1);
  });

  test("gives the contract to programs that generate from it", async () => {
    const code = `import api from "openclaw/openapi.json" with { type: "json" }; console.log(api.openapi, import.meta.resolve("openclaw/openapi.yaml"));`;
    const { stdout } = await runProgram(process.execPath, ["--input-type=module", "-e", code], { cwd: user.folder });
    expect(stdout).toMatch(/^3\.1\.\d file:.*\/node_modules\/openclaw\/generated\/openapi\.yaml\n$/);
  });
});
