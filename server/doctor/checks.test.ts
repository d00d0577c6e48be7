import { chmodSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createTestHome } from "../settings/test-home.ts";
import { checkDiskSpace } from "./check-disk-space.ts";
import { checkFileModes } from "./check-file-modes.ts";
import { checkFolders } from "./check-folders.ts";
import { checkNetwork } from "./check-network.ts";
import { checkNode } from "./check-node.ts";
import { checkSettings } from "./check-settings.ts";
import { checkTools } from "./check-tools.ts";
import { examination, linesOf } from "./testing.ts";

const mb = 1024 * 1024;

test.each([
  ["24.16.0", "ok"],
  ["24.21.0", "ok"],
  ["25.0.1", "ok"],
  ["24.9.9", "problem"],
  ["20.19.0", "problem"],
])("Node %s is %s", (version, level) => {
  expect(checkNode(null, version)).toMatchObject([{ level }]);
});

describe("settings", () => {
  test("that can be used are fine, with what is probably not meant", async () => {
    expect(linesOf(checkSettings(await examination({ gateway: { auth: { token: "short" } } })))).toEqual([
      expect.stringMatching(/^ok: The settings in .*openclaw\.json can be used\.$/),
      expect.stringMatching(/^warning: \/gateway\/auth\/token is short enough to be guessed/),
    ]);
  });

  test("that cannot be used are a problem each", async () => {
    expect(linesOf(checkSettings(await examination({ gateway: { prt: 1, host: 2 } })))).toEqual([
      expect.stringContaining("problem: /gateway/prt is not a known key."),
      expect.stringContaining("problem: /gateway/host must be a string"),
      "warning: What depends on the settings has not been checked.",
    ]);
  });
});

describe("file modes", () => {
  test("closed to others", async () => {
    const home = createTestHome();
    const examined = await examination({}, { home });
    chmodSync(join(home.path, ".openclaw"), 0o700);
    chmodSync(join(home.path, ".openclaw/openclaw.json"), 0o600);
    expect(linesOf(checkFileModes(examined))).toEqual(["ok: Nobody else can read the state folder, the database and the settings."]);
  });

  test("open to others", async () => {
    const home = createTestHome();
    const examined = await examination({}, { home });
    for (const name of ["openclaw.db", "openclaw.db-wal"]) chmodSync(home.write(`.openclaw/${name}`, ""), 0o644);
    chmodSync(join(home.path, ".openclaw"), 0o755);
    chmodSync(join(home.path, ".openclaw/openclaw.json"), 0o640);
    const state = join(home.path, ".openclaw");
    expect(checkFileModes(examined).map(({ level, next }) => `${level}: ${next}`)).toEqual([
      `warning: chmod 700 ${state}`,
      `warning: chmod 600 ${state}/openclaw.json`,
      `warning: chmod 600 ${state}/openclaw.db`,
      `warning: chmod 600 ${state}/openclaw.db-wal`,
    ]);
  });
});

test.each([
  [5000 * mb, "ok"],
  [500 * mb, "warning"],
  [50 * mb, "problem"],
])("%d bytes free are %s", async (free, level) => {
  expect(await checkDiskSpace(await examination(), () => Promise.resolve(free))).toMatchObject([{ level }]);
});

test("the disk of a folder that is not there yet is that of the folder above it", async () => {
  expect(await checkDiskSpace({ ...(await examination()), stateDir: "/no/such/folder" })).toMatchObject([{ message: expect.stringMatching(/free for/) as string }]);
});

describe("folders", () => {
  test("that can be made or written", async () => {
    expect(checkFolders(await examination())).toMatchObject([{ level: "ok" }]);
  });

  test("with something else in their place", async () => {
    const home = createTestHome();
    const file = home.write("file", "");
    const findings = checkFolders(await examination({ skills: { roots: [file, join(file, "below")] } }, { home }));
    expect(linesOf(findings)).toEqual([`problem: ${file} cannot be written.`, `problem: ${file}/below cannot be written.`]);
  });
});

describe("network", () => {
  test("for this machine alone is fine", async () => {
    expect(linesOf(checkNetwork(await examination()))).toEqual(["ok: Only this machine reaches the gateway (127.0.0.1)."]);
  });

  test("for every address, without TLS", async () => {
    const findings = checkNetwork(await examination({ gateway: { host: "0.0.0.0", auth: { enabled: true, token: "0123456789abcdef0123" } } }));
    expect(linesOf(findings)).toEqual([expect.stringContaining("warning: The gateway listens on 0.0.0.0 without TLS"), expect.stringContaining("warning: The gateway listens on 0.0.0.0, and every address may call it.")]);
  });

  test("behind a proxy, for some addresses", async () => {
    const settings = { gateway: { host: "0.0.0.0", trustedProxies: ["10.0.0.1"], auth: { enabled: true, token: "0123456789abcdef0123" } }, api: { security: { allowedIPs: ["10.0.0.0/8", "127.0.0.0/8"] } } };
    expect(linesOf(checkNetwork(await examination(settings)))).toEqual(["ok: The gateway listens on 0.0.0.0, for the 2 addresses and networks that may call it."]);
  });

  test("that locks the command line out, or lets every page in", async () => {
    const findings = checkNetwork(await examination({ gateway: { cors: { enabled: true, origins: ["*"] } }, api: { security: { allowedIPs: ["10.0.0.0/8"] } } }));
    expect(linesOf(findings)).toEqual([expect.stringContaining("warning: api.security.allowedIPs has no loopback address"), "warning: CORS lets pages of every origin call the gateway."]);
  });
});

describe("tools", () => {
  test("that read one folder", async () => {
    expect(checkTools(await examination())).toMatchObject([{ level: "ok" }]);
    const home = createTestHome();
    mkdirSync(join(home.path, "notes"));
    expect(checkTools(await examination({ tools: { roots: ["~/notes"] } }, { home }))).toMatchObject([{ level: "ok" }]);
  });

  test("that read what is not there, or too much", async () => {
    const home = createTestHome();
    symlinkSync(home.path, join(home.path, "all"));
    const findings = checkTools(await examination({ tools: { roots: ["~/none", "/", "~/all"] } }, { home }));
    expect(linesOf(findings)).toEqual([
      `warning: The folder ${home.path}/none of tools.roots is not there.`,
      "warning: The tools may read all of /, in which there are secrets.",
      `warning: The tools may read all of ${home.path}/all, in which there are secrets.`,
    ]);
  });

  test("that do harm", async () => {
    const findings = checkTools(await examination({ tools: { allow: ["*", "write", "run_code"], deny: ["run*"] } }));
    expect(linesOf(findings)).toEqual([expect.stringContaining("warning: The tool write is allowed")]);
  });
});

test("none of them makes anything", async () => {
  const home = createTestHome();
  const examined = await examination({}, { home });
  const before = statSync(join(home.path, ".openclaw")).mtimeMs;
  for (const check of [checkFileModes, checkDiskSpace, checkFolders, checkTools]) await check(examined);
  expect(statSync(join(home.path, ".openclaw")).mtimeMs).toBe(before);
});
