import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { createClientAddress } from "./client-address.ts";

/** The address of a request over a connection from `peer` that says it was forwarded for `forwarded`. */
function addressOf(peer: string, forwarded?: string, trustedProxies: readonly string[] = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"]): string {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return createClientAddress(trustedProxies)({ socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage);
}

describe("the address at the other end of the connection", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8::1", "2001:db8::1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["fe80::1%eth0", "fe80::1"],
  ])("of %s is %s", (peer, address) => {
    expect(addressOf(peer)).toBe(address);
  });

  test("is the client's, whatever it says, where it is no trusted proxy", () => {
    expect(addressOf("192.0.2.1", "203.0.113.5")).toBe("192.0.2.1");
    expect(addressOf("127.0.0.1", "203.0.113.5", [])).toBe("127.0.0.1");
    expect(addressOf("2001:db8::1", "203.0.113.5")).toBe("2001:db8::1");
  });

  test("is empty, and on no list, once the connection is gone", () => {
    const gone = { socket: {}, headers: {} } as unknown as IncomingMessage;
    expect(createClientAddress([])(gone)).toBe("");
  });
});

describe("behind a trusted proxy", () => {
  test.each([
    ["one hop", "203.0.113.5", "203.0.113.5"],
    ["IPv6", "2001:db8::5", "2001:db8::5"],
    ["IPv4 written as IPv6", "::ffff:203.0.113.5", "203.0.113.5"],
    ["two proxies of ours", "203.0.113.5, 10.0.0.2", "203.0.113.5"],
    ["a proxy of ours written as IPv6", "203.0.113.5, ::ffff:10.0.0.2, fd00::2", "203.0.113.5"],
    ["what the client has written itself before", "127.0.0.1, 10.0.0.9, 203.0.113.5", "203.0.113.5"],
    ["a proxy that is not ours", "198.51.100.7, 203.0.113.5, 10.0.0.2", "203.0.113.5"],
    ["proxies of ours only", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["IPv4 with its port", "203.0.113.5:4711", "203.0.113.5"],
    ["IPv6 in brackets", "[2001:db8::5]", "2001:db8::5"],
    ["IPv6 in brackets, with its port", "[2001:db8::5]:4711, 10.0.0.2:80", "2001:db8::5"],
    ["no spaces, and many", "198.51.100.7,  203.0.113.5  ,10.0.0.2", "203.0.113.5"],
    ["empty items, which a list may have (RFC 9110, 5.6.1)", "203.0.113.5,, 10.0.0.2,", "203.0.113.5"],
  ])("it is the last that is not trusted: %s", (_name, forwarded, address) => {
    expect(addressOf("127.0.0.1", forwarded)).toBe(address);
    expect(addressOf("::ffff:127.0.0.1", forwarded)).toBe(address);
  });

  test.each([
    ["garbage", "garbage", "127.0.0.1"],
    ["a name", "client.example", "127.0.0.1"],
    ["`unknown`", "203.0.113.5, unknown", "127.0.0.1"],
    ["a network", "203.0.113.0/24", "127.0.0.1"],
    ["a number out of range", "203.0.113.555", "127.0.0.1"],
    ["brackets around nothing", "[]:80", "127.0.0.1"],
    ["nothing", " , ", "127.0.0.1"],
    ["garbage before a proxy of ours", "garbage, 10.0.0.2", "10.0.0.2"],
    ["garbage that the client has written before its own address", "garbage, 203.0.113.5", "203.0.113.5"],
  ])("what cannot be read ends it: %s", (_name, forwarded, address) => {
    expect(addressOf("127.0.0.1", forwarded)).toBe(address);
  });

  test("a proxy may be trusted by its IPv6 address or network, and by IPv4 written as IPv6", () => {
    expect(addressOf("fd00::1", "203.0.113.5")).toBe("203.0.113.5");
    expect(addressOf("10.0.0.1", "203.0.113.5", ["::ffff:10.0.0.0/104"])).toBe("203.0.113.5");
  });

  test("`Forwarded` (RFC 7239) is not read", () => {
    const request = { socket: { remoteAddress: "127.0.0.1" }, headers: { forwarded: "for=203.0.113.5" } } as unknown as IncomingMessage;
    expect(createClientAddress(["127.0.0.1"])(request)).toBe("127.0.0.1");
  });

  test("a header as long as Node takes one is read in no time", () => {
    const long = `${"10.0.0.2,".repeat(1700)}`;
    expect(addressOf("127.0.0.1", `203.0.113.5, ${long}`)).toBe("203.0.113.5");
    expect(addressOf("127.0.0.1", `${"[".repeat(15_000)}`)).toBe("127.0.0.1");
  });
});
