import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Operation } from "./operation.ts";

// Each rule is shown a document that is right but for one operation, and must find just that one. The linter runs as
// people run it, as a program; once, since most of its second goes into its start.

const root = join(import.meta.dirname, "../..");

const planted: Record<string, { path?: string; operation: { [Key in keyof Operation]?: Operation[Key] | undefined } }[]> = {
  "every-operation-has-permission": [{ operation: { "x-permission": undefined } }, { operation: { "x-permission": "write messages" } }],
  "every-operation-has-example": [{ operation: { responses: { ...sound().responses, "200": withoutExample() } } }],
  "every-operation-has-error-face": [
    { operation: { responses: { "200": good(), "404": failure("PlainError"), "500": failure("ApiError") } } },
    { path: "/api/status", operation: {} },
    { path: "/api/v1/openai/models", operation: {} },
    { operation: { responses: { "200": good(), "404": failure("ApiError") } } },
    { operation: { responses: { "200": good(), "500": failure("ApiError") } } },
    { operation: { responses: { "200": good(), "404": answer({ $ref: "#/components/schemas/ApiError" }, "text/plain"), "500": failure("ApiError") } } },
  ],
  "every-operation-has-summary": [{ operation: { summary: undefined } }, { operation: { summary: "Lists them." } }, { operation: { summary: "x".repeat(61) } }],
  "every-operation-has-tag": [{ operation: { tags: [] } }, { operation: { tags: ["Things", "Others"] } }, { operation: { tags: ["Unheard"] } }],
};

let folder: string;
let found: { rule: string; path: string }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openclaw-rules-"));
  await writeFile(join(folder, "contract.json"), JSON.stringify(documentWithFaults()));
  const rules = Object.keys(planted).map((rule) => `  openclaw/${rule}: error\n`);
  await writeFile(join(folder, "redocly.yaml"), `plugins:\n  - ${join(import.meta.dirname, "plugin.ts")}\nrules:\n${rules.join("")}`);
  found = await lint();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

for (const [rule, faults] of Object.entries(planted)) {
  test(`${rule} finds its faults, and nothing else`, () => {
    const expected = faults.map(({ path }, index) => path ?? pathOfFault(rule, index));
    const paths = new Set(found.filter((problem) => problem.rule === `openclaw/${rule}`).map(({ path }) => path));
    expect([...paths].sort()).toEqual(expected.sort());
  });
}

function documentWithFaults(): object {
  const paths: Record<string, unknown> = { "/api/v1/sound": { get: { ...sound(), operationId: "sound" } } };
  for (const [rule, faults] of Object.entries(planted)) {
    for (const [index, { path = pathOfFault(rule, index), operation }] of faults.entries()) {
      paths[path] = { get: { ...sound(), operationId: `${rule}-${index}`, ...operation } };
    }
  }
  const schema = { type: "object" };
  return {
    openapi: "3.1.0",
    info: { title: "Planted faults", version: "1" },
    tags: [{ name: "Things" }, { name: "Others" }],
    paths,
    components: {
      schemas: { ApiError: schema, PlainError: schema, OpenaiError: schema },
      responses: { Missing: failure("ApiError") },
    },
  };
}

const pathOfFault = (rule: string, index: number) => `/api/v1/${rule}/${index}`;

/** An operation without a fault; one of its answers is a reference, as those of the contract are. */
function sound(): Operation {
  return {
    summary: "List things",
    tags: ["Things"],
    "x-permission": "things:read",
    responses: { "200": good(), "404": { $ref: "#/components/responses/Missing" }, "500": failure("ApiError") },
  };
}

function good() {
  return { description: "The answer.", content: { "application/json": { schema: {}, examples: { one: { value: {} } } } } };
}

function withoutExample() {
  return { description: "The answer.", content: { "application/json": { schema: {} } } };
}

function failure(face: string) {
  return answer({ $ref: `#/components/schemas/${face}` });
}

function answer(schema: { $ref: string }, mediaType = "application/json") {
  return { description: "It failed.", content: { [mediaType]: { schema } } };
}

/** Every problem, with the path of the operation that it was found at. */
async function lint(): Promise<{ rule: string; path: string }[]> {
  const program = join(root, "node_modules/@redocly/cli/bin/cli.js");
  const args = [program, "lint", "contract.json", "--format=json", "--max-problems=1000"];
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
    // It exits with 1, as it should.
    execFile(process.execPath, args, { cwd: folder, env: { ...process.env, REDOCLY_TELEMETRY: "off", NO_COLOR: "1" } }, (_error, stdout, stderr) => resolve({ stdout, stderr }));
  });
  const report = JSON.parse(stdout.slice(stdout.indexOf("{")) || "null") as { problems: { ruleId: string; location: { pointer: string }[] }[] } | null;
  if (!report) throw new Error(`redocly gave no report: ${stderr}`);
  return report.problems.map(({ ruleId, location }) => ({ rule: ruleId, path: (location[0]?.pointer.split("/")[2] ?? "").replaceAll("~1", "/") }));
}
