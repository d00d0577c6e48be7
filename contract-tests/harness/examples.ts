import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { runProgram, type ProgramOptions, type ProgramRun } from "../editions/support/run-program.ts";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "./gateway.ts";
import { lacks } from "./lacks.ts";

const examples = join(import.meta.dirname, "../../examples");

/** The Python of examples/setup.sh. */
export const examplesPython = join(examples, ".venv/bin/python");

/** For `describe.skipIf`: whether examples/setup.sh has to be run first. */
export function lacksPythonExample(...modules: readonly string[]): boolean {
  return lacks("examples/.venv (npm run setup:examples makes it)", examplesPython, ["-c", `import ${modules.join(", ")}`]);
}

/** The same for an example in Node, which has its packages in a folder of its own. */
export function lacksNodeExample(folder: string, ...packages: readonly string[]): boolean {
  const look = packages.map((name) => `require.resolve(${JSON.stringify(name)}, { paths: [${JSON.stringify(folder)}] })`).join(";");
  return lacks(`${folder}/node_modules (npm run setup:examples makes it)`, process.execPath, ["-e", look]);
}

/** The same for an example in the shell. */
export function lacksShellExample(...programs: readonly string[]): boolean {
  return lacks(`bash with ${programs.join(", ")}`, "bash", ["-c", programs.map((name) => `${name} --version`).join(" && ")]);
}

/** The token that an example is given: it may talk and read, as its README says. */
export const exampleToken = "oc_tok_key_of_the_example";

/** A key like the one that the examples' READMEs have their reader make. */
const exampleKey = { name: "example", token: exampleToken, scope: ["chat", "read"] };

/** A gateway for one test. */
export async function startExampleGateway({ settings = {}, ...options }: TestGatewayOptions = {}): Promise<TestGateway> {
  const api = { auth: { tokens: [exampleKey] }, ...(settings["api"] as object | undefined) };
  const gateway = await startTestGateway({ ...options, settings: { ...settings, api } });
  onTestFinished(() => gateway.close());
  return gateway;
}

/** Settings `api` with which a key has one request in `windowMs`: who asks twice in a row is refused for sure, and has to wait. */
export const tightLimit = (windowMs = 2000) => ({ rateLimit: { perToken: { windowMs, maxRequests: 1 } } });

/** Fails when nobody has been refused by a limit. */
export async function expectRefusedByLimit(gateway: TestGateway): Promise<void> {
  const refused = async (): Promise<number> => {
    const answer = await gateway.call("/api/v1/logs?kind=audit&status=429");
    return answer.ok ? ((await answer.json()) as { entries: unknown[] }).entries.length : 0;
  };
  await expect.poll(refused, { timeout: 20_000, interval: 500 }).toBeGreaterThan(0);
}

interface Surroundings {
  url: string;
  token?: string;
  env?: Record<string, string>;
}

interface ServedExample extends Surroundings {
  /** Where it will answer. */
  address: string;
  cwd: string;
}

/** Runs an example with the variables that all of them read. */
export function runExample(program: string, args: readonly string[], { url, token, env, ...options }: ProgramOptions & Surroundings): Promise<ProgramRun> {
  return runProgram(program, args, { timeoutMs: 60_000, ...options, env: variables({ url, token, env }) });
}

/** Starts an example that serves, and waits until something answers at its address. It does not outlive the test. */
export async function serveExample(program: string, args: readonly string[], { address, ...options }: ServedExample): Promise<{ printed(): string }> {
  const child = spawn(program, args, { cwd: options.cwd, env: { ...process.env, ...variables(options) }, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  for (const output of [child.stdout, child.stderr]) output.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const ended = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const answers = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${printed}`);
    return (await fetch(address).catch(() => undefined)) !== undefined;
  };
  await expect.poll(answers, { timeout: 30_000, interval: 100 }).toBe(true);
  return { printed: () => printed };
}

function variables({ url, token = exampleToken, env }: { url: string; token?: string | undefined; env?: Record<string, string> | undefined }): Record<string, string> {
  return { OPENCLAW_URL: url, OPENCLAW_TOKEN: token, NO_PROXY: "127.0.0.1", PYTHONDONTWRITEBYTECODE: "1", PYTHONIOENCODING: "utf-8", ...env };
}
