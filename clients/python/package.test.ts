import { mkdtemp, readdir, rm } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { runProgram } from "../../contract-tests/editions/support/run-program.ts";
import { ownerToken, startTestGateway } from "../../contract-tests/harness/gateway.ts";
import { lacks } from "../../contract-tests/harness/lacks.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const program = join(folder, ".venv/bin/python");
const lacksPackage = lacks("clients/python/.venv (clients/python/setup.sh makes it)", program, ["-c", "import openclaw, pytest"]);
const timeoutMs = 120_000;

/** What goes wrong is in what the program printed. */
async function runPython(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout, stderr, status } = await runProgram(program, args, { cwd, timeoutMs });
  if (status !== 0) throw new Error(`python ${args.join(" ")} ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}

const python = (...args: readonly string[]) => runPython(program, args, folder);

describe.skipIf(lacksPackage)("the Python package", { timeout: timeoutMs }, () => {
  test("is built from the contract as it stands, and again from its own source distribution", async () => {
    const built = await mkdtemp(join(tmpdir(), "openclaw-python-"));
    onTestFinished(() => rm(built, { recursive: true }));
    await python("-m", "hatchling", "build", "-t", "sdist", "-d", built);
    const [source = ""] = await readdir(built);
    await python("-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "-w", built, join(built, source));
    const wheel = (await readdir(built)).find((name) => name.endsWith(".whl"))!;
    expect(wheel).toBe("openclaw-0.1.0-py3-none-any.whl");
    const files = await python("-m", "zipfile", "-l", join(built, wheel));
    for (const file of ["py.typed", "client.py", "_generated/api/chat/__init__.py", "_generated/models/message.py"]) expect(files).toContain(`openclaw/${file} `);
  });

  test("installs as a wheel into an empty environment, and talks from there", async () => {
    const gateway = await startTestGateway();
    const folder = await mkdtemp(join(tmpdir(), "openclaw-python-user-"));
    onTestFinished(async () => {
      await gateway.close();
      await rm(folder, { recursive: true });
    });
    await python("-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "-w", folder, ".");
    const [wheel = ""] = await readdir(folder);
    await python("-m", "venv", join(folder, "env"));
    const user = (...args: readonly string[]) => runPython(join(folder, "env/bin/python"), args, folder);
    await user("-m", "pip", "install", "--quiet", "--disable-pip-version-check", join(folder, wheel));
    const code = `
import sys
from openclaw import OpenClawClient
client = OpenClawClient(base_url=sys.argv[1], token=sys.argv[2])
print(client.message("Hello").content)
print("".join(event.content for event in client.stream("again") if event.type_ == "delta"))`;
    expect(await user("-c", code, gateway.url, ownerToken)).toMatch(/You said: Hello\n[^]*You said: again\n$/);
  });

  test("is typed throughout", async () => {
    expect(await python("-m", "mypy")).toMatch(/^Success: /);
  });

  test("is tidy", async () => {
    expect(await python("-m", "ruff", "check", ".")).toContain("All checks passed");
    expect(await python("-m", "ruff", "format", "--check", ".")).toContain("already formatted");
  });

  test.each(readdirSync(join(folder, "tests")).filter((name) => /^test_.*\.py$/.test(name)))("passes %s", async (file) => {
    expect(await python("-m", "pytest", `tests/${file}`)).toMatch(/\b\d+ passed in /);
  });
});
