import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { sampleUrl } from "../../spec/codegen/samples/request.ts";
import { runProgram } from "../editions/support/run-program.ts";
import { lacks } from "../harness/lacks.ts";
import { startTestGateway } from "../harness/gateway.ts";
import { startTestMock } from "../mock/start-own-mock.ts";
import { compilers } from "./compilers.ts";
import { operations, pageBlocks, pagePrograms, referencePrograms, type Program } from "./programs.ts";

const cache = join(import.meta.dirname, ".cache");
const lacksCurl = lacks("curl", "curl", ["--version"]);
const token = "oc_tok_of_the_samples";

interface Served {
  url: string;
  close(): Promise<void>;
}

/** A folder with a `.curlrc`: samples are run as they stand, on the port that there is. */
async function curlHome(url: string): Promise<string> {
  await mkdir(cache, { recursive: true });
  const home = await mkdtemp(join(cache, "curl-"));
  onTestFinished(() => rm(home, { recursive: true }));
  const lines = ["silent", "show-error", "max-time = 20", "fail-with-body", `connect-to = "${new URL(sampleUrl).host}:${new URL(url).host}"`, 'write-out = "\\n%{http_code}"'];
  await writeFile(join(home, ".curlrc"), lines.join("\n"));
  return home;
}

async function runInShell(source: string, url: string) {
  const home = await curlHome(url);
  return runProgram("bash", ["-euo", "pipefail", "-c", source], { cwd: home, env: { OPENCLAW_TOKEN: token, CURL_HOME: home }, timeoutMs: 60_000 });
}

const served = (start: () => Promise<Served>) => {
  const state = { url: "" };
  let running: Served | undefined;
  beforeAll(async () => {
    running = await start();
    state.url = running.url;
  });
  afterAll(() => running?.close());
  return state;
};

describe.skipIf(lacksCurl)("samples for curl", () => {
  const mock = served(() => startTestMock());
  const ofReference = referencePrograms.filter(({ lang }) => lang === "curl");

  test.each(ofReference.map(({ name, source }) => [name, source]))("of %s gets the answer that the contract promises", async (name, source) => {
    const { stdout, stderr } = await runInShell(source, mock.url);
    const promised = name === "openSocket" ? [101] : operations.find(({ id }) => id === name)!.statuses.filter((status) => status < 300);
    expect(promised, `${stdout}\n${stderr}`).toContain(Number(stdout.split("\n").at(-1)));
  });

  test("with a member that the contract does not have is refused", async () => {
    const { source } = ofReference.find(({ name }) => name === "createKey")!;
    const { stdout } = await runInShell(source.replace('"label"', '"labell"'), mock.url);
    expect(stdout).toMatch(/\n400$/);
  });
});

describe.skipIf(lacksCurl)("what the pages say in a shell", () => {
  const gateway = served(() => startTestGateway({ settings: { gateway: { auth: { enabled: true, token } }, api: {} } }));

  test.each(pagePrograms.filter(({ lang }) => lang === "curl").map(({ name, source }) => [name, source]))("%s works on a gateway that was just started", async (_name, source) => {
    const { stdout, stderr, status } = await runInShell(source, gateway.url);
    expect(status, `${source}\n${stdout}\n${stderr}`).toBe(0);
  });

  test.each(pageBlocks.filter(({ fence }) => fence === "console").map(({ name, source }) => [name, source]))("%s can be typed", async (_name, source) => {
    expect(await runProgram("bash", ["-n", "-c", source])).toEqual({ stdout: "", stderr: "", status: 0 });
  });
});

/** Programs that end by themselves: a WebSocket does not. */
const ending = (programs: readonly Program[], lang: Program["lang"]) => programs.filter((program) => program.lang === lang && !/WebSocket|websockets/.test(program.source));

/** Each in turn in one process. What failed, by name. */
const runners = {
  typescript: {
    extension: "ts",
    program: process.execPath,
    source: (paths: readonly string[]) => `console.log = () => {};\nprocess.stdout.write = () => true;\nfor (const path of ${JSON.stringify(paths)}) await import(path).catch((error) => { console.error(path, error); process.exitCode = 1; });\n`,
  },
  python: {
    extension: "py",
    program: join(import.meta.dirname, "../../clients/python/.venv/bin/python"),
    source: (paths: readonly string[]) =>
      `import contextlib, io, runpy, sys, traceback\nfailed = False\nfor path in ${JSON.stringify(paths)}:\n    try:\n        with contextlib.redirect_stdout(io.StringIO()):\n            runpy.run_path(path)\n    except Exception:\n        failed = True\n        print(path, traceback.format_exc(), file=sys.stderr)\nsys.exit(failed)\n`,
  },
};

describe.each(["typescript", "python"] as const)("samples in %s", (lang) => {
  const mock = served(() => startTestMock());
  const gateway = served(() => startTestGateway({ settings: { gateway: { auth: { enabled: true, token } }, api: {} } }));

  const lacksPackage = compilers[lang].isMissing();

  async function run(programs: readonly Program[], url: string): Promise<string> {
    const { extension, program, source } = runners[lang];
    await mkdir(cache, { recursive: true });
    const folder = await mkdtemp(join(cache, `run-${lang}-`));
    onTestFinished(() => rm(folder, { recursive: true }));
    const paths = programs.map(({ name }) => join(folder, `${name}.${extension}`));
    await Promise.all(programs.map(({ source: text }, index) => writeFile(paths[index]!, text.replaceAll(sampleUrl, url))));
    const main = join(folder, `main.${extension}`);
    await writeFile(main, source(paths));
    return (await runProgram(program, [main], { env: { OPENCLAW_TOKEN: token, PYTHONDONTWRITEBYTECODE: "1" }, timeoutMs: 120_000 })).stderr;
  }

  test.skipIf(lacksPackage)("run against the mock", { timeout: 150_000 }, async () => {
    expect(await run(ending(referencePrograms, lang), mock.url)).toBe("");
  });

  test.skipIf(lacksPackage)("run on a gateway that was just started, those of the pages", { timeout: 150_000 }, async () => {
    // OpenAI's package for Python is not in the environment of ours.
    expect(await run(ending(pagePrograms, lang).filter(({ source }) => !source.includes("from openai import")), gateway.url)).toBe("");
  });
});
