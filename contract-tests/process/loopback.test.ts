import { writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openclaw, temporaryFolder } from "./gateway-process.ts";

// Without authentication nobody but this machine may reach the gateway.

const hasIpv6 = Object.values(networkInterfaces()).flat().some((address) => address?.address === "::1");

function start(settings: object, ...args: string[]) {
  const folder = temporaryFolder();
  const file = join(folder, "settings.json");
  writeFileSync(file, JSON.stringify(settings));
  return openclaw(["start", "--port", "0", "--config", file, ...args], { HOME: folder, OPENCLAW_STATE_DIR: join(folder, "state") });
}

describe("78: authentication off and another address than loopback", () => {
  test.each([
    ["all of IPv4", "0.0.0.0"],
    ["all of IPv6", "::"],
    ["all of IPv6 in brackets", "[::]"],
    ["a private address", "192.168.1.5"],
    ["a name, whatever it means today", "gateway.example.com"],
    ["a name that only begins like loopback", "localhost.example.com"],
  ])("%s", async (_name, host) => {
    const { status, stdout, stderr } = await start({ gateway: { host, auth: { enabled: false } } }).exit;
    expect({ status, stdout }).toEqual({ status: 78, stdout: "" });
    expect(stderr).toContain("/gateway/auth/enabled must not be false while the gateway listens on");
    expect(stderr).toContain(host.replace(/^\[(.*)\]$/, "$1"));
  });

  test("the option counts like the file", async () => {
    const { status, stderr } = await start({ api: { auth: { enabled: false } } }, "--host", "0.0.0.0").exit;
    expect(status).toBe(78);
    expect(stderr).toContain("/api/auth/enabled must not be false");
  });
});

describe("authentication off on loopback", () => {
  test.each(["127.0.0.1", "localhost", ...(hasIpv6 ? ["::1", "[::1]"] : [])])("%s serves without a key", async (host) => {
    const cli = start({ gateway: { host, auth: { enabled: false } } });
    const [, url = ""] = await cli.untilSaid(/Listening +(http:\S+)\n/);
    expect((await fetch(`${url}/api/v1/agents`)).status).toBe(200);
  });
});
