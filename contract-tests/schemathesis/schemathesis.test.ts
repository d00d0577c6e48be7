import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { runProgram } from "../editions/support/run-program.ts";
import { lacks } from "../harness/lacks.ts";
import { startGatewayProcess, temporaryFolder } from "../process/gateway-process.ts";

const folder = import.meta.dirname;
const program = join(folder, ".venv/bin/schemathesis");
const lacksProgram = lacks("contract-tests/schemathesis/.venv (contract-tests/schemathesis/setup.sh makes it)", program, ["--version"]);
const contract = join(folder, "../../generated/openapi.json");
const timeoutMs = 240_000;

/** Keys that may do everything, as often as they like; hooks.py takes them in turn. */
const tokens = Array.from({ length: 40 }, (_, index) => ({ name: `Fuzzer ${index}`, token: `oc_tok_key_of_the_fuzzer_${index}`, scope: ["admin"], rateLimit: 1e9 }));

const settings = {
  gateway: { auth: { enabled: true, token: "oc_tok_owner_of_the_fuzzed_gateway" }, trustedProxies: ["127.0.0.1"] },
  api: { auth: { tokens } },
  workspaces: [{ id: "team" }],
  agents: { default: "main", list: [{ id: "main" }, { id: "my-agent" }] },
  // Whatever tools are asked to do, they do nothing to this machine.
  tools: { allow: ["calculate", "now"] },
};

describe.skipIf(lacksProgram)("Schemathesis", () => {
  test("finds no answer that the contract does not have, and no request that is taken or refused against it", { timeout: timeoutMs }, async () => {
    const noNames = pathToFileURL(join(folder, "no-names.ts")).href;
    const gateway = await startGatewayProcess({ folder: temporaryFolder(), settings, env: { NODE_OPTIONS: `--import=${noNames}` } });
    const { stdout, stderr, status } = await runProgram(program, ["--config-file", join(folder, "schemathesis.toml"), "run", contract, "--url", gateway.url, "--no-color"], {
      cwd: temporaryFolder(),
      env: { SCHEMATHESIS_HOOKS: "hooks", PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" },
      timeoutMs,
    });
    expect(status, `${stdout}\n${stderr}`).toBe(0);
    // Nothing was left out, and the keys were good to the end.
    expect(stdout).toMatch(/Selected: (\d+)\/\1\n\s+Tested: \1\n/);
    const found = await gateway.call("/api/v1/keys/self", { token: tokens[0]!.token });
    expect(found.status).toBe(200);
  });
});
