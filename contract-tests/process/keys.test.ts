import { join } from "node:path";
import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { openclaw, ownerToken, startGatewayProcess, temporaryFolder, type GatewayProcess } from "./gateway-process.ts";

// `openclaw token` and `openclaw api-key`, as who runs the gateway has them: processes on one state folder.

const fileToken = "oclaw_live_of_the_settings_file";
const settings = {
  gateway: { auth: { enabled: true, token: ownerToken } },
  api: { keys: [{ key: fileToken, label: "File", workspaces: ["team"] }] },
  workspaces: [{ id: "team" }, { id: "admins" }],
};
const day = "\\d{4}-\\d\\d-\\d\\d";

/** A state folder with settings, and the command line on it. */
function setUp(written: object = settings) {
  const folder = temporaryFolder();
  const file = join(folder, "settings.json");
  writeFileSync(file, JSON.stringify(written));
  const run = (...args: string[]) => openclaw([...args, "--config", file], { HOME: folder, OPENCLAW_STATE_DIR: join(folder, "state") }).exit;
  /** What a command prints that must end well. */
  async function output(...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await run(...args);
    expect(status, stderr).toBe(0);
    return stdout;
  }
  const json = async (...args: string[]) => JSON.parse(await output(...args, "--json")) as { id: string; secret: string; expiresAt: string | null; keys: Record<string, unknown>[] };
  return { folder, file, run, output, json };
}

const statusOf = async (gateway: GatewayProcess, token: string, path = "/api/v1/agents") => (await gateway.call(path, { token })).status;

/** A key that another process has changed is read again at most half a second later. */
const withinASecond = { timeout: 1000, interval: 20 };

describe("beside a running gateway", () => {
  test("a token is made in the form of the document, works at once for its scopes, and is refused within a second once revoked", async () => {
    const { folder, output } = setUp();
    const gateway = await startGatewayProcess({ folder, settings });
    const printed = await output("token", "create", "--name", "my-app", "--scope", "chat,read");
    const [, token = ""] = new RegExp(`^Token: (oc_tok_[\\w-]{32})\nScope: chat, read\nCreated: ${day}\n$`).exec(printed) ?? [];
    expect(token, printed).not.toBe("");
    expect([await statusOf(gateway, token), await statusOf(gateway, token, "/api/v1/keys")]).toEqual([200, 403]);

    expect(await output("token", "revoke", token)).toMatch(/^Revoked: key_\w+\n$/);
    await vi.waitFor(async () => expect(await statusOf(gateway, token)).toBe(401), withinASecond);
    expect(await (await gateway.call("/api/v1/agents", { token })).json()).toMatchObject({ message: expect.stringMatching(/^This key was revoked on /), details: { reason: "revoked" } });
    await output("token", "revoke", token);
  });

  test("a key is made in the form of the document, and bound to its workspaces", async () => {
    const { folder, output } = setUp();
    const gateway = await startGatewayProcess({ folder, settings });
    const printed = await output("api-key", "create", "--label", "My App", "--workspaces", "team,admins", "--permissions", "sessions:read");
    const [, key = ""] = new RegExp(`^API Key: (oclaw_live_[\\w-]{32})\nLabel: My App\nWorkspaces: team, admins\nCreated: ${day}\n\nSave this key immediately — it is only shown once\\.\n$`).exec(printed) ?? [];
    expect(key, printed).not.toBe("");
    expect(await Promise.all(["team", "admins", "default"].map((id) => statusOf(gateway, key, `/api/v1/sessions?workspace=${id}`)))).toEqual([200, 200, 404]);
    expect(await (await gateway.call("/api/v1/keys/self", { token: key })).json()).toMatchObject({ label: "My App", workspaces: ["team", "admins"], effectivePermissions: ["sessions:read"] });
  });

  test("a rotated key: both work while there is time to change over, the old one no more without any", async () => {
    const { folder, json } = setUp();
    const gateway = await startGatewayProcess({ folder, settings });
    const first = await json("api-key", "create", "--label", "My App", "--workspaces", "team");
    const second = await json("api-key", "rotate", first.secret, "--grace", "24h");
    expect([await statusOf(gateway, first.secret), await statusOf(gateway, second.secret)]).toEqual([200, 200]);
    const third = await json("api-key", "rotate", second.id);
    await vi.waitFor(async () => expect(await statusOf(gateway, second.secret)).toBe(401), withinASecond);
    expect([await statusOf(gateway, first.secret), await statusOf(gateway, third.secret)]).toEqual([200, 200]);
  });

  test("what was made over HTTP is listed, masked", async () => {
    const { folder, output, json } = setUp();
    const gateway = await startGatewayProcess({ folder, settings });
    const made = (await (await gateway.call("/api/v1/keys", { json: { label: "By HTTP", permissions: ["stats:read"] } })).json()) as { id: string; secret: string };
    const { keys } = await json("api-key", "list");
    expect(Object.fromEntries(keys.map(({ label, source }) => [label, source]))).toEqual({ "By HTTP": "stored", File: "settings", Owner: "settings" });
    const table = await output("token", "list");
    expect(table).toMatch(new RegExp(`^${made.id} +oclaw_live_…${made.secret.slice(-4)} +By HTTP +good +${day} +- +\\* +stats:read$`, "m"));
    expect(table).toMatch(/oclaw_live_…file +File +in the settings/);
    for (const secret of [made.secret, fileToken, ownerToken]) expect(table + JSON.stringify(keys)).not.toContain(secret);
  });
});

describe("without a gateway", () => {
  test("a key is denied tools, and the list says which", async () => {
    const { output, json } = setUp();
    expect(await json("api-key", "create", "--label", "Careful", "--workspaces", "team", "--tools", "*", "--deny-tools", "write,run_*")).toMatchObject({ tools: ["*"], denyTools: ["write", "run_*"] });
    expect(await output("api-key", "list")).toContain("; tools: *; not write, run_*");
  });

  test("a key that is made before the first start works after it", async () => {
    const { folder, json } = setUp();
    const { secret, expiresAt } = await json("api-key", "create", "--label", "Early", "--workspaces", "team", "--expires", "90d", "--rate-limit", "5", "--max-tokens-per-day", "1000");
    const daysLeft = (Date.parse(expiresAt ?? "") - Date.now()) / 86_400_000;
    expect([daysLeft > 89.9, daysLeft <= 90]).toEqual([true, true]);
    const gateway = await startGatewayProcess({ folder, settings });
    expect(await (await gateway.call("/api/v1/keys/self", { token: secret })).json()).toMatchObject({ label: "Early", rateLimit: 5, maxTokensPerDay: 1000, workspaces: ["team"] });
  });

  test.each<[string[], RegExp]>([
    [["token", "create", "--name", "x", "--scope", "nonsense"], /^There is no scope `nonsense`\. The scopes are chat, send, read, admin\.\n$/],
    [["token", "create", "--name", "x"], /--scope takes .* The scopes are chat, send, read, admin\.\n$/],
    [["token", "create", "--scope", "chat"], /^--name says what the key is for/],
    [["token", "create", "--name", "\u001b[31m", "--scope", "chat"], /^--name says/],
    [["token", "create", "--name", "x", "--scope", "chat", "--expires", "someday"], /^--expires takes a date/],
    [["token", "create", "--name", "x", "--scope", "chat", "--expires", "999999999d"], /^--expires takes a date/],
    [["token", "create", "--name", "x", "--scope", "chat", "--expires", "2020-01-01"], /must not be in the past/],
    [["token", "create", "--name", "x", "--scope", "chat", "--rate-limit", "0"], /^--rate-limit takes a whole number/],
    [["api-key", "create", "--label", "x", "--permissions", "messages:fly"], /^There is no permission `messages:fly`\. The permissions are messages:read, .*metrics:read\.\n$/],
    [["api-key", "create", "--label", "x", "--workspaces", "nowhere"], /^There is no workspace `nowhere`\. The workspaces are admins, default, team\.\n$/],
    [["api-key", "rotate", "key_1", "--grace", "31d"], /^--grace takes a time such as .* at most 30d/],
    [["api-key", "revoke", "key_none"], /^There is no key `key_none`\.\n$/],
  ])("64: %j", async (args, message) => {
    const { run } = setUp();
    expect(await run(...args)).toMatchObject({ status: 64, stdout: "", stderr: expect.stringMatching(message) });
  });

  test("64: a key of the settings is named with its place and file, and is not revoked", async () => {
    const { run, file, json } = setUp();
    for (const command of [["token", "revoke"], ["api-key", "rotate"]]) {
      const { status, stderr } = await run(...command, fileToken);
      expect([status, stderr]).toEqual([64, expect.stringContaining(`stands in the settings, at /api/keys/0/key`)]);
      expect(stderr).toContain(file);
      expect(stderr).not.toContain(fileToken);
    }
    expect((await json("token", "list")).keys.map(({ revokedAt }) => revokedAt)).toEqual([null, null]);
  });

  test("78: settings that cannot be used; 69: a database that cannot", async () => {
    expect(await setUp({ gateway: { prot: 1 } }).run("token", "list")).toMatchObject({ status: 78, stderr: expect.stringContaining("/gateway/prot") });
    const { folder, run } = setUp();
    mkdirSync(join(folder, "state", "openclaw.db"), { recursive: true });
    expect(await run("token", "list")).toMatchObject({ status: 69, stdout: "" });
  });
});
