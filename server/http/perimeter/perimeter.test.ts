import { expect, test } from "vitest";
import type { HttpSettings } from "../../settings/settings.ts";
import { createPerimeter } from "./perimeter.ts";

const http: HttpSettings = { host: "0.0.0.0", port: 0, apiEnabled: true, trustedProxies: [], allowedHosts: [], cors: null, maxBodyBytes: 1024, allowedIPs: [] };

test("settings that say nothing let everybody in, by any name, from no other origin", () => {
  expect(createPerimeter(http).rules).toMatchObject({ addresses: null, hosts: null, cors: null, maxBodyBytes: 1024, apiEnabled: true });
});

test("names in the settings count where other machines reach it, too", () => {
  const { hosts } = createPerimeter({ ...http, allowedHosts: ["gateway.example.com"] }).rules;
  expect(["gateway.example.com", "192.168.1.5:3000", "evil.example"].map((host) => hosts?.has(host))).toEqual([true, true, false]);
});

test("other settings are other rules; whoever has the old ones keeps them", () => {
  const perimeter = createPerimeter(http);
  const { rules } = perimeter;
  perimeter.use({ ...http, allowedIPs: ["10.0.0.0/8"], maxBodyBytes: 1 });
  expect(perimeter.rules.addresses?.has("10.1.2.3")).toBe(true);
  expect([perimeter.rules.maxBodyBytes, rules.maxBodyBytes]).toEqual([1, 1024]);
});

test("where it listens stays as it was: on loopback names are asked for, whatever the settings say later", () => {
  const perimeter = createPerimeter({ ...http, host: "127.0.0.1" });
  perimeter.use(http);
  expect(perimeter.rules.hosts?.has("evil.example")).toBe(false);
  const open = createPerimeter(http);
  open.use({ ...http, host: "127.0.0.1" });
  expect(open.rules.hosts).toBeNull();
});
