import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { createTestHome, type TestHome } from "../settings/test-home.ts";
import { type Outcome, runOpenclaw } from "./testing.ts";

const secret = "a-secret-of-more-than-sixteen";
let home: TestHome;
beforeEach(() => {
  home = createTestHome();
});

function config(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  return runOpenclaw(["config", ...args], { HOME: home.path, ...env });
}

describe("validate", () => {
  test("0 and the warnings, for settings that can be used", async () => {
    const file = home.write(".openclaw/openclaw.json", '{ gateway: { auth: { token: "short" } } }');
    const { status, stdout } = await config(["validate"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${file}\n {2}! /gateway/auth/token is short enough to be guessed.*\n {2}✓ The settings can be used\\.\n$`));
  });

  test("78 and every fault, for those that cannot", async () => {
    const file = home.write("other.yaml", "gateway: { prt: 1, host: 5 }\n");
    const outcomes = await Promise.all([config(["validate", "--config", file]), config(["validate"], { OPENCLAW_CONFIG_PATH: file })]);
    for (const { status, stdout } of outcomes) {
      expect(status).toBe(78);
      expect(stdout).toContain("✗ /gateway/prt is not a known key. Did you mean port?");
      expect(stdout).toContain("✗ /gateway/host must be a string, but is a number");
    }
  });

  test("--json has both", async () => {
    const { stdout } = await config(["validate", "--json"]);
    expect(JSON.parse(stdout)).toEqual({ file: null, valid: true, faults: [], warnings: [] });
    const { stdout: missing } = await config(["validate", "--json", "--config", "nowhere.json"]);
    expect(JSON.parse(missing)).toMatchObject({ valid: false, faults: [{ path: "", message: "There is no such file." }], warnings: [] });
  });
});

describe("get", () => {
  beforeEach(() => void home.write(".openclaw/openclaw.json5", `{ gateway: { port: 1, auth: { token: "${secret}" } }, models: { default: "a/b", providers: { a: { type: "openai", apiKey: "\${KEY}" } } } }`));

  test("a part, by dots or as a pointer", async () => {
    expect(await config(["get", "models.default"])).toEqual({ status: 0, stdout: "a/b\n", stderr: "" });
    expect(await config(["get", "/models/default", "--json"])).toEqual({ status: 0, stdout: '"a/b"\n', stderr: "" });
  });

  test("all of it without secrets, references as they are written", async () => {
    const { stdout } = await config(["get"]);
    expect(JSON.parse(stdout)).toMatchObject({ gateway: { port: 1, auth: { token: "[redacted]" } }, models: { providers: { a: { apiKey: "${KEY}" } } } });
    expect(await config(["get", "gateway.auth.token"])).toEqual({ status: 0, stdout: "[redacted]\n", stderr: "" });
  });

  test("1 for what is not set", async () => {
    expect(await config(["get", "gateway.host"])).toEqual({ status: 1, stdout: "", stderr: "gateway.host is not set.\n" });
  });
});

describe("set and unset", () => {
  test("change the file alone where they are told to, and keep what it said", async () => {
    const text = "{\n  // Ours.\n  gateway: { port: 1 }, // here\n}\n";
    const file = home.write("mine.json5", text);
    expect(await config(["set", "gateway.port", "0x10", "-c", file])).toEqual({ status: 0, stdout: `gateway.port is set in ${file}.\n`, stderr: "" });
    expect(readFileSync(file, "utf8")).toBe(text.replace("port: 1", "port: 16"));
    expect(readFileSync(`${file}.last-good`, "utf8")).toBe(text);
    expect((await config(["unset", "gateway.port", "-c", file])).status).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(text.replace("{ port: 1 }", "{}"));
  });

  test("a text need not be quoted; lists are added to", async () => {
    const file = home.write("gateway.yaml", "models:\n  default: a/b   # cheap\ngateway:\n  trustedProxies:\n  - 10.0.0.1\n");
    await config(["set", "models.default", "openai/gpt-5-mini", "-c", file]);
    await config(["set", "/gateway/trustedProxies/-", "10.0.0.2", "-c", file]);
    expect(readFileSync(file, "utf8")).toBe("models:\n  default: openai/gpt-5-mini # cheap\ngateway:\n  trustedProxies:\n  - 10.0.0.1\n  - 10.0.0.2\n");
  });

  test("a file is made where there is none, for nobody else to read", async () => {
    const state = join(home.path, "state");
    await config(["set", "gateway.port", "4000"], { OPENCLAW_STATE_DIR: state });
    expect(readFileSync(join(state, "openclaw.json"), "utf8")).toBe('{\n  "gateway": {\n    "port": 4000\n  }\n}\n');
    expect([state, join(state, "openclaw.json")].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  });

  test("nothing is written that the gateway could not use", async () => {
    const file = home.write("mine.json", "{}");
    const { status, stderr } = await config(["set", "gateway.port", "70000", "-c", file]);
    expect(status).toBe(78);
    expect(stderr).toMatch(/\/gateway\/port .*65535.*\nNothing is changed\.\n$/s);
    expect([readFileSync(file, "utf8"), existsSync(`${file}.last-good`)]).toEqual(["{}", false]);
  });

  test("a variable that only the gateway has may be referred to", async () => {
    const file = home.write("mine.json", "{}");
    const { status, stderr } = await config(["set", "gateway.auth.token", "${OURS}", "-c", file]);
    expect(status).toBe(0);
    expect(stderr).toContain("needs the environment variable OURS, which is not set here");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ gateway: { auth: { token: "${OURS}" } } });
  });

  test.each([
    [["unset", "gateway.port"], "gateway.port is not set."],
    [["set", "gateway.host.name", "1"], "gateway.host is a value, and has no name."],
    [["set", "gateway.trustedProxies.7", "1"], "gateway.trustedProxies is a list of 0"],
    [["set", "a..b", "1"], '"a..b" is no path.'],
  ])("%j is refused", async (args, message) => {
    const text = '{ gateway: { host: "127.0.0.1", trustedProxies: [] } }';
    const file = home.write("mine.json", text);
    const { status, stderr } = await config([...args, "-c", file]);
    expect({ status, text: readFileSync(file, "utf8") }).toEqual({ status: 1, text });
    expect(stderr).toContain(message);
  });
});

test("schema prints the JSON Schema of the file, or writes it", async () => {
  const { stdout } = await config(["schema"]);
  expect(JSON.parse(stdout)).toHaveProperty("properties.gateway");
  const output = join(home.path, "schema.json");
  expect((await config(["schema", "--output", output])).stdout).toBe("");
  expect(readFileSync(output, "utf8")).toBe(stdout);
});
