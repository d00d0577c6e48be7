import { describe, expect, test } from "vitest";
import { readOnlyToken } from "../harness/gateway.ts";
import { describeTargets, useServer } from "./targets.ts";

describeTargets((target) => {
  test("200: GET /health is open and small", async () => {
    expect(Object.keys((await target.call("getHealth", { token: null })).json(200)).sort()).toEqual(["status", "uptime", "version"]);
  });

  test("200: GET /health/detail and GET /api/v1/health say what is connected", async () => {
    for (const id of ["getHealthDetail", "getApiHealth"] as const) {
      expect((await target.call(id)).json(200)).toMatchObject({ database: "connected", channels: expect.any(Object), memoryMB: expect.any(Number) });
    }
  });

  test("200: GET /livez and GET /readyz are open", async () => {
    for (const id of ["getLiveness", "getReadiness"] as const) expect((await target.call(id, { token: null })).json(200)).toEqual({ status: "ok" });
  });

  test("200: GET /api/status is the plain edition's", async () => {
    expect((await target.call("getPlainStatus")).json(200)).toMatchObject({ gateway: "running", sessions: expect.any(Number) });
  });
});

describe("the server", () => {
  const server = useServer();

  test("has no Redis and no channel in this version, and says so", async () => {
    expect((await server.call("getApiHealth", { token: readOnlyToken })).json(200)).toMatchObject({ redis: "disabled", channels: {} });
  });

  test("counts the sessions in the plain status", async () => {
    const before = (await server.call("getPlainStatus")).json(200).sessions;
    await server.makeSession();
    expect((await server.call("getPlainStatus")).json(200).sessions).toBe(before + 1);
  });
});
