import { describe, expect, test } from "vitest";
import { createNetworkSet, isLoopback, isNetwork } from "./network-names.ts";

describe("a network's name", () => {
  test.each(["10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "192.0.2.1/32", "::1", "2001:db8::/32", "::/0", "::ffff:10.0.0.1"])("is one: %s", (name) => {
    expect(isNetwork(name)).toBe(true);
  });

  test.each(["", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "[::1]", "10.0.0.1:80", "localhost", "*", " 10.0.0.1"])("is none: %j", (name) => {
    expect(isNetwork(name)).toBe(false);
  });
});

describe("a set of networks", () => {
  const set = createNetworkSet(["10.0.0.0/8", "192.168.1.7", "2001:db8::/32", "::1"]);

  test.each(["10.0.0.0", "10.255.255.255", "192.168.1.7", "2001:db8::1", "2001:0DB8:ffff::", "::1", "0:0:0:0:0:0:0:1", "::ffff:10.1.2.3", "::ffff:a01:203", "::FFFF:192.168.1.7"])("has %s", (address) => {
    expect(set.has(address)).toBe(true);
  });

  test.each(["9.255.255.255", "11.0.0.0", "192.168.1.8", "2001:db9::", "::2", "::ffff:11.0.0.0", "::10.0.0.1", "127.0.0.1", "", "garbage", "10.0.0.1/8", "10.0.0.1:80"])("has not %j", (address) => {
    expect(set.has(address)).toBe(false);
  });

  test("an IPv4 network written as IPv6 is that network", () => {
    const mapped = createNetworkSet(["::ffff:10.0.0.0/104", "::ffff:192.168.1.7"]);
    for (const address of ["10.1.2.3", "::ffff:10.1.2.3", "192.168.1.7", "::ffff:192.168.1.7"]) expect(mapped.has(address), address).toBe(true);
    for (const address of ["11.0.0.0", "::ffff:11.0.0.0", "192.168.1.8"]) expect(mapped.has(address), address).toBe(false);
  });

  test("everything, and nothing", () => {
    for (const address of ["192.0.2.1", "::ffff:192.0.2.1"]) expect(createNetworkSet(["0.0.0.0/0"]).has(address), address).toBe(true);
    expect(createNetworkSet(["::/0"]).has("2001:db8::1")).toBe(true);
    expect(createNetworkSet([]).has("127.0.0.1")).toBe(false);
  });

  test("all of IPv4 is none of IPv6", () => {
    expect(createNetworkSet(["0.0.0.0/0"]).has("2001:db8::1")).toBe(false);
  });
});

test("loopback is 127.0.0.0/8, ::1, IPv4's written as IPv6, and localhost", () => {
  for (const host of ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "::ffff:127.0.0.1", "localhost", "LOCALHOST"]) expect(isLoopback(host), host).toBe(true);
  for (const host of ["0.0.0.0", "::", "128.0.0.1", "192.168.1.5", "localhost.example.com", "gateway"]) expect(isLoopback(host), host).toBe(false);
});
