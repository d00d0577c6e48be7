import { execFile } from "node:child_process";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { build } from "esbuild";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownerToken, startTestGateway, type TestGateway } from "../../../contract-tests/harness/gateway.ts";
import { lacks } from "../../../contract-tests/harness/lacks.ts";
import { bytesOf, emptyFolder, npm, pack, type Tarball } from "../../../contract-tests/packages/npm.ts";
import { buildPackage } from "../build.ts";

const clients = resolve(import.meta.dirname, "..");
const run = promisify(execFile);
const runtime = (name: string) => resolve(clients, "../../contract-tests/packages/runtimes/node_modules/.bin", name);

let gateway: TestGateway;
let user: Awaited<ReturnType<typeof emptyFolder>>;
let folder: string;
const tarballs: Tarball[] = [];

/** What a user has: the published packages, installed, and nothing else of this repository. */
beforeAll(async () => {
  gateway = await startTestGateway();
  user = await emptyFolder();
  folder = user.folder;
  for (const name of ["sdk", "api-client"]) {
    const built = join(folder, "built", name);
    await buildPackage(join(clients, name), built);
    tarballs.push(await pack(built, folder));
  }
  await npm(folder, "install", "--offline", ...tarballs.map(({ file }) => file));
}, 180_000);
afterAll(async () => {
  await user.remove();
  await gateway.close();
});

describe.each([
  ["Node", process.execPath, []],
  ["Bun", runtime("bun"), []],
  ["Deno", runtime("deno"), ["run", "--allow-net", "--allow-read", "--allow-env"]],
])("in %s", (name, program, args) => {
  test.skipIf(name !== "Node" && lacks(`${name} (contract-tests/packages/setup.sh installs it)`, program, ["--version"]))("what is built runs by itself", async () => {
    const code = `
    import { OpenClawClient } from "@openclaw/sdk";
    import { OpenClaw } from "@openclaw/api-client";
    import { createClient, getHealth } from "@openclaw/sdk/generated";
    const [baseUrl, token] = process.argv.slice(2);
    console.log((await new OpenClawClient({ baseUrl, token }).message("hi there you")).content.length > 0);
    for await (const token_ of new OpenClaw({ baseUrl, apiKey: token }).messages.stream({ message: "one" })) console.log(token_.trim());
    console.log((await getHealth({ client: createClient({ baseUrl }) })).data.status);
  `;
    await writeFile(join(folder, "use.js"), code);
    const { stdout } = await run(program, [...args, join(folder, "use.js"), gateway.url, ownerToken]);
    expect(stdout.split("\n")).toEqual(["true", "You", "said:", "one", "ok", ""]);
  });
});

test.each([
  ["@openclaw/sdk", `import { OpenClawClient } from "@openclaw/sdk"; for await (const event of new OpenClawClient().chatStream({ message: "hi" })) console.log(event);`],
  ["@openclaw/api-client", `import { OpenClaw } from "@openclaw/api-client"; for await (const token of new OpenClaw({ baseUrl: "http://x" }).messages.stream({ message: "hi" })) console.log(token);`],
])("a page that chats by %s gets less than 12 KB of it, compressed", async (_, contents) => {
  const { outputFiles } = await build({ stdin: { contents, resolveDir: folder }, bundle: true, minify: true, format: "esm", platform: "browser", write: false });
  expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThan(12_000);
});

test("what is imported and not used leaves nothing behind", async () => {
  const contents = `import { OpenClawClient } from "@openclaw/sdk"; import { OpenClaw } from "@openclaw/api-client"; import * as generated from "@openclaw/sdk/generated";`;
  const { outputFiles } = await build({ stdin: { contents, resolveDir: folder }, bundle: true, minify: true, format: "esm", platform: "browser", write: false });
  expect(outputFiles[0]!.text.trim()).toBe("");
});

test("its types need nothing but a platform's own", async () => {
  const code = `
    import { OpenClawClient, OpenClawError, type Message } from "@openclaw/sdk";
    import { OpenClaw } from "@openclaw/api-client";
    import { createClient, streamChat } from "@openclaw/sdk/generated";
    const client = new OpenClawClient({ token: "x" });
    export const message: Message = await client.message("hi");
    for await (const event of client.stream("x")) if (event.type === "delta") event.content.trim();
    for await (const token of new OpenClaw({ baseUrl: "http://x" }).messages.stream({ message: "x" })) token.trim();
    const { stream } = await streamChat({ client: createClient({ baseUrl: "x" }), body: { message: "x" } });
    for await (const event of stream) if (event.type === "delta") event.content.trim();
    // @ts-expect-error the wire's name
    message.conversation_id;
    export const status: number = new OpenClawError({ code: "x", message: "m", status: 1 }).status;
  `;
  await writeFile(join(folder, "use.ts"), code);
  for (const [module, moduleResolution] of [["nodenext", "nodenext"], ["esnext", "bundler"]]) {
    const compilerOptions = { noEmit: true, strict: true, target: "es2022", lib: ["es2022", "dom", "dom.asynciterable"], types: [], module, moduleResolution };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
    const tsc = resolve(clients, "../../node_modules/typescript-native/bin/tsc");
    const faults = await run(process.execPath, [tsc, "-p", folder]).then(
      () => "",
      (error: { stdout: string }) => error.stdout,
    );
    expect(faults).toBe("");
  }
});

test("its manifest names what is there, and may be published", async () => {
  for (const name of ["sdk", "api-client"]) {
    const built = join(folder, "node_modules/@openclaw", name);
    const manifest = JSON.parse(await readFile(join(built, "package.json"), "utf8")) as Record<string, unknown> & { exports: Record<string, string | Record<string, string>> };
    expect(manifest).toMatchObject({ name: `@openclaw/${name}`, license: "MIT", type: "module", publishConfig: { access: "public" } });
    expect(manifest).not.toHaveProperty("private");
    expect(manifest).not.toHaveProperty("dependencies");
    const files = (await readdir(built, { recursive: true })).map((path) => `./${path}`);
    for (const path of Object.values(manifest.exports).flatMap((entry) => (typeof entry === "string" ? [entry] : Object.values(entry)))) expect(files).toContain(path);
    expect(files).toEqual(expect.arrayContaining(["./README.md", "./LICENSE", "./THIRD-PARTY-LICENSES.txt"]));
  }
});

test("publint and Are The Types Wrong find nothing in it", async () => {
  for (const tarball of tarballs) {
    const bytes = await bytesOf(tarball);
    expect((await publint({ pack: { tarball: bytes }, strict: true })).messages).toEqual([]);
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)));
    expect(analysis.types).toEqual({ kind: "included" });
    // CommonJS takes an ES module by `require`, from Node 20.19 on; `node10` is TypeScript's resolution that reads no `exports`.
    const isOurs = (problem: Problem) => problem.kind !== "CJSResolvesToESM" && !("resolutionKind" in problem && problem.resolutionKind === "node10");
    expect("problems" in analysis && analysis.problems.filter(isOurs)).toEqual([]);
  }
});
