import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../editions/support/run-program.ts";
import { startTestMock } from "./start-own-mock.ts";

// The lines of "Mock" in the README, as they stand there.

let mock: Awaited<ReturnType<typeof startTestMock>>;
let lines: string[];
beforeAll(async () => {
  mock = await startTestMock();
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const section = /^## Mock\n(.*?)^## /ms.exec(readme)?.[1] ?? "";
  lines = section.split("\n").filter((line) => line.startsWith("curl "));
});
afterAll(() => mock.close());

const run = (line: string | undefined) => runProgram("bash", ["-c", `${line?.replaceAll("http://127.0.0.1:18790", mock.url)} -sS`]);

test("a rate limit that passes", async () => {
  const { status, stdout } = await run(lines[0]);
  expect([status, stdout]).toEqual([0, expect.stringMatching(/\{"agents":\[/)]);
});

test("a stream that is cut, and goes on", async () => {
  const first = await run(lines[1]);
  // curl: the transfer was not complete.
  expect([first.status, first.stdout.match(/^id: \S+/gm)]).toEqual([18, ["id: run_0199c0ffee:1", "id: run_0199c0ffee:2", "id: run_0199c0ffee:3"]]);
  const rest = await run(lines[2]);
  expect([rest.status, rest.stdout.match(/^id: \S+/gm)?.[0]]).toEqual([0, "id: run_0199c0ffee:4"]);
});
