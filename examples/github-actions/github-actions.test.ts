import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { runProgram, type ProgramRun } from "../../contract-tests/editions/support/run-program.ts";
import { exampleToken, expectRefusedByLimit, lacksShellExample, startExampleGateway, tightLimit } from "../../contract-tests/harness/examples.ts";

interface Workflow {
  jobs: { review: { env: Record<string, string>; steps: { uses?: string; run?: string; shell?: string; env?: Record<string, string> }[] } };
}

const { review } = (parse(await readFile(join(import.meta.dirname, "review.yml"), "utf8")) as Workflow).jobs;

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-actions-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A checkout with two commits: in the second a file has these lines. */
async function checkout(lines: readonly string[]) {
  const cwd = await temporaryFolder();
  const git = async (...args: readonly string[]): Promise<string> => {
    const identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    const { stdout, stderr, status } = await runProgram("git", [...identity, ...args], { cwd, env: { GIT_CONFIG_GLOBAL: "/dev/null" } });
    expect(status, stderr).toBe(0);
    return stdout.trim();
  };
  await git("init", "--quiet");
  await git("commit", "--quiet", "--allow-empty", "--message", "Base");
  const base = await git("rev-parse", "HEAD");
  if (lines.length > 0) await writeFile(join(cwd, "total.js"), lines.map((line) => `${line}\n`).join(""));
  await git("add", ".");
  await git("commit", "--quiet", "--allow-empty", "--message", "Head");
  return { cwd, base, head: await git("rev-parse", "HEAD") };
}

/** Runs the workflow's own steps as a runner does, and gives back the last one's outcome with the summary that was written. */
async function runSteps(url: string, lines: readonly string[], token = exampleToken): Promise<ProgramRun & { summary: string }> {
  const { cwd, base, head } = await checkout(lines);
  const temp = await temporaryFolder();
  const summaryFile = join(temp, "summary.md");
  await mkdir(join(temp, "runner"));
  const expressions: Record<string, string> = {
    "secrets.OPENCLAW_URL": url,
    "secrets.OPENCLAW_API_KEY": token,
    "vars.OPENCLAW_WORKSPACE || 'default'": "default",
    "github.event.pull_request.base.sha": base,
    "github.event.pull_request.head.sha": head,
    "github.event.pull_request.html_url": "https://github.com/example/shop/pull/7",
  };
  const valueOf = (_all: string, expression: string): string => {
    if (expressions[expression] === undefined) throw new Error(`The test knows nothing of ${expression}.`);
    return expressions[expression];
  };
  let outcome: ProgramRun | undefined;
  for (const { run, shell, env } of review.steps.filter((step) => step.run !== undefined)) {
    expect(shell).toBe("bash");
    expect(run).not.toContain("${{");
    const variables = Object.entries({ ...review.env, ...env }).map(([name, value]) => [name, String(value).replaceAll(/\$\{\{ (.+?) \}\}/g, valueOf)]);
    const runner = { RUNNER_TEMP: join(temp, "runner"), GITHUB_STEP_SUMMARY: summaryFile, GITHUB_RUN_ID: "1700000000", GITHUB_RUN_ATTEMPT: "1" };
    const script = join(temp, "step.sh");
    await writeFile(script, run!);
    outcome = await runProgram("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], { cwd, env: { ...runner, ...(Object.fromEntries(variables) as Record<string, string>) }, timeoutMs: 60_000 });
    if (outcome.status !== 0) break;
  }
  return { ...outcome!, summary: await readFile(summaryFile, "utf8").catch(() => "") };
}

const bug = ["const total = prices.reduce((sum, price) => sum - price, 0); // \"quoted\" and $(echo run)"];

describe.skipIf(lacksShellExample("curl", "git", "jq"))("examples/github-actions", { timeout: 60_000 }, () => {
  test("puts the review of the diff into the summary, once for each run", async () => {
    const { url, call } = await startExampleGateway();
    const { summary, stderr, status } = await runSteps(url, bug);
    expect([status, stderr]).toEqual([0, ""]);
    expect(summary).toMatch(/^## Review by OpenClaw\nYou said: Review this diff of https:\/\/github\.com\/example\/shop\/pull\/7\./);
    expect(summary).toContain(`\n+${bug[0]}\n`);
    expect((await runSteps(url, bug)).summary).toBe(summary);
    const { sessions } = (await (await call("/api/v1/sessions")).json()) as { sessions: unknown[] };
    expect(sessions).toMatchObject([{ workspace: "default", userId: "github-actions", messageCount: 2 }]);
  });

  test("says what of a large diff was left out, and that an empty one has nothing to review", async () => {
    const { url } = await startExampleGateway();
    const { summary } = await runSteps(url, Array.from({ length: 20_000 }, (_, line) => `const veryLong${line} = "ü";`));
    expect(summary).toMatch(/\n_Only the first 200000 bytes of the diff were reviewed\._\n$/);
    expect((await runSteps(url, [])).summary).toBe("Nothing to review.\n");
  });

  test("waits while the gateway says that it is too much", async () => {
    const gateway = await startExampleGateway({ settings: { api: tightLimit(6000) } });
    expect((await gateway.call("/api/v1/agents", { token: exampleToken })).status).toBe(200);
    const { summary, status } = await runSteps(gateway.url, bug);
    expect([status, summary]).toEqual([0, expect.stringContaining("You said: Review this diff")]);
    await expectRefusedByLimit(gateway);
  });

  test("fails the step with the reason: a wrong token, no gateway", async () => {
    const { url } = await startExampleGateway();
    const wrong = await runSteps(url, bug, "oc_tok_nobody");
    expect([wrong.status, wrong.stdout]).toEqual([1, expect.stringMatching(/^::error title=No review::.+ \(unauthorized, request req_.+\)\n$/)]);
    const nobody = await runSteps("http://127.0.0.1:1", bug);
    expect([nobody.status, nobody.stdout]).toEqual([1, "::error title=No review::The gateway did not answer.\n"]);
    expect(wrong.summary + nobody.summary).toBe("");
  });
});
