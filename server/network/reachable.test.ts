import { describe, expect, test } from "vitest";
import { createReachable } from "./reachable.ts";

describe("an address that is not a public one", () => {
  const { mayReach } = createReachable([]);
  test.each([
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200",
    "168.63.129.16", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "0:0:0:0:0:ffff:a9fe:a9fe", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254",
    "ff02::1", "2001:db8::1", "2001::1", "2001:10::1", "2002:7f00:1::", "3fff::1", "100::1", "not an address", "",
  ])("%s may not be reached", (address) => {
    expect(mayReach(address)).toBe(false);
  });
});

test.each(["1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "100.63.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])("%s may be reached", (address) => {
  expect(createReachable([]).mayReach(address)).toBe(true);
});

test.each([
  ["127.0.0.1", "127.0.0.1", true],
  ["10.0.0.0/8", "10.1.2.3", true],
  ["10.0.0.0/8", "::ffff:10.1.2.3", true],
  ["10.0.0.0/8", "64:ff9b::10.1.2.3", true],
  ["10.0.0.0/8", "192.168.0.1", false],
  ["fd00::/8", "fd12::1", true],
  ["::1", "127.0.0.1", false],
])("with %s allowed, %s: %s", (allowed, address, expected) => {
  expect(createReachable([allowed]).mayReach(address)).toBe(expected);
});
