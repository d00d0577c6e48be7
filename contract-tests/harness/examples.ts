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

/** Settings with which the second request within some seconds is refused. What asks twice in a row is refused for sure, and must wait. */
export const tightLimit = { auth: { tokens: [exampleKey] }, rateLimit: { perToken: { windowMs: 4000, maxRequests: 1 } } };

/** Fails when nobody has been refused by a limit. */
export async function expectRefusedByLimit(gateway: TestGateway): Promise<void> {
  const refused = async (): Promise<number> => {
    const answer = await gateway.call("/api/v1/logs?kind=audit&status=429");
    return answer.ok ? ((await answer.json()) as { entries: unknown[] }).entries.length : 0;
  };
  await expect.poll(refused, { timeout: 20_000, interval: 500 }).toBeGreaterThan(0);
}

/** Runs an example with the variables that all of them read. */
export function runExample(program: string, args: readonly string[], { url, token = exampleToken, env, ...options }: ProgramOptions & { url: string; token?: string }): Promise<ProgramRun> {
  return runProgram(program, args, { timeoutMs: 60_000, ...options, env: { OPENCLAW_URL: url, OPENCLAW_TOKEN: token, PYTHONDONTWRITEBYTECODE: "1", PYTHONIOENCODING: "utf-8", ...env } });
}
