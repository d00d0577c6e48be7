import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import JSON5 from "json5";
import { describe, expect, onTestFinished, test } from "vitest";
import { runProgram } from "../editions/support/run-program.ts";
import { lacks } from "../harness/lacks.ts";

// No container and no systemd runs here: what can be said of these files without them.

const deploy = resolve(import.meta.dirname, "../../deploy");
const tool = (name: string) => join(import.meta.dirname, name);
const [hadolint, composeConfig] = [tool(".venv/bin/hadolint"), tool(".bin/compose-config")];
const made = (name: string) => `${name} (contract-tests/packages/setup.sh makes it)`;
const file = (name: string) => readFile(join(deploy, name), "utf8");

describe("the Dockerfile", () => {
  test.skipIf(lacks(made("hadolint"), hadolint, ["--version"]))("is one that hadolint finds nothing in", async () => {
    expect(await runProgram(hadolint, ["--strict-labels", join(deploy, "Dockerfile")])).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("builds on the Node that the tests run on, as nobody, and lets turns end", async () => {
    const text = await file("Dockerfile");
    const { devDependencies } = JSON.parse(await readFile(join(deploy, "../package.json"), "utf8")) as { devDependencies: { node: string } };
    const bases = [...text.matchAll(/^FROM node:([\d.]+)-/gm)].map(([, version]) => version);
    expect(bases).toEqual([devDependencies.node, devDependencies.node]);
    expect(text).toMatch(/^USER 1000:1000$/m);
    expect(text).toMatch(/^STOPSIGNAL SIGTERM$/m);
  });
});

describe.skipIf(lacks(made("compose-config"), "test", ["-x", composeConfig]))("the compose file", () => {
  interface Service {
    networks: Record<string, { ipv4_address: string }>;
    ports?: { published: string }[];
    read_only: boolean;
    cap_drop: string[];
    volumes: { source: string; target: string }[];
    configs?: { source: string }[];
  }
  const load = async () => {
    const { stdout, stderr, status } = await runProgram(composeConfig, [join(deploy, "compose.yaml")]);
    expect([status, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout) as { services: Record<"gateway" | "nginx", Service>; configs: Record<string, { content: string }> };
  };

  test("publishes nginx and nothing else, and each of the two may write to its volumes only", async () => {
    const { services } = await load();
    expect(services.nginx.ports?.map(({ published }) => published)).toEqual(["443"]);
    expect(services.gateway.ports).toBeUndefined();
    for (const service of Object.values(services)) expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
  });

  test("has nginx look for the gateway where it is, and the gateway trust nginx and nobody else", async () => {
    const { services, configs } = await load();
    const upstream = await file("nginx/upstream.conf");
    const directives = upstream.slice(upstream.indexOf("upstream"));
    expect(configs["upstream"]!.content).toBe(directives.replace("127.0.0.1", services.gateway.networks["inside"]!.ipv4_address));
    const { gateway } = JSON5.parse<{ gateway: { trustedProxies: string[]; allowedHosts: string[] } }>(await file("settings/openclaw.json5"));
    expect(gateway.trustedProxies).toEqual([services.nginx.networks["inside"]!.ipv4_address]);
    expect(await file("nginx/openclaw.conf")).toContain(`server_name ${gateway.allowedHosts[0]};`);
  });
});

describe.skipIf(lacks("systemd-analyze", "systemd-analyze", ["--version"]))("the systemd unit", () => {
  /** Whoever checks it has not installed the gateway where it says. */
  async function installed(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "openclaw-unit-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const unit = join(folder, "openclaw.service");
    await writeFile(unit, (await file("openclaw.service")).replace(/^(ExecStart=)\S+/m, `$1${process.execPath}`));
    return unit;
  }

  test("is one that systemd understands wholly", async () => {
    expect(await runProgram("systemd-analyze", ["verify", "--man=no", await installed()])).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("leaves the gateway little that it does not need: 1.5 of 10 at most", async () => {
    const { status, stdout } = await runProgram("systemd-analyze", ["security", "--offline=true", "--threshold=15", "--no-pager", await installed()]);
    expect(stdout).toMatch(/Overall exposure level for openclaw.service: 1\.\d OK/);
    expect(status).toBe(0);
  });

  test("gives running turns longer than the gateway does", async () => {
    const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(await file("openclaw.service"))?.[1]);
    expect(seconds).toBeGreaterThan(30);
  });
});
