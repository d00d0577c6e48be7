import { describe, expect, test } from "vitest";
import { createHostNames } from "./host-names.ts";

describe("on loopback", () => {
  const hosts = createHostNames("127.0.0.1", ["gateway.example.com"]);

  test.each([
    "localhost", "localhost:18789", "LocalHost:18789", "localhost.", "app.localhost", "a.b.localhost:3000",
    "127.0.0.1", "127.0.0.1:18789", "192.168.1.5:18789", "[::1]", "[::1]:18789", "[2001:db8::1]:80",
    "gateway.example.com", "Gateway.Example.com:443", "gateway.example.com.",
  ])("%s is the gateway", (host) => {
    expect(hosts?.has(host)).toBe(true);
  });

  test.each([
    "evil.example", "evil.example:18789", "evillocalhost", "localhost.evil.example", "127.0.0.1.evil.example", "sub.gateway.example.com",
    "evil@127.0.0.1", "127.0.0.1@evil.example", "127.0.0.1 evil.example", "127.0.0.1/evil.example", "0x7f000001", "2130706433", "127.1", "[::1", "[evil.example]", ":18789", "localhost:80:80",
  ])("%s is not", (host) => {
    expect(hosts?.has(host)).toBe(false);
  });

  test("the host that it listens on is one of its names", () => {
    expect(createHostNames("LOCALHOST", [])?.has("localhost")).toBe(true);
    expect(createHostNames("::1", [])?.has("[::1]:18789")).toBe(true);
  });
});

describe("where other machines reach it", () => {
  test("any name will do while the settings have none", () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.5", "gateway.example.com"]) expect(createHostNames(host, []), host).toBeNull();
  });

  test("with names in the settings, it is those, its own, and addresses", () => {
    const hosts = createHostNames("gateway.internal", ["gateway.example.com"]);
    for (const host of ["gateway.example.com", "gateway.internal:3000", "192.168.1.5", "localhost"]) expect(hosts?.has(host), host).toBe(true);
    for (const host of ["evil.example", "internal"]) expect(hosts?.has(host), host).toBe(false);
  });
});
