import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { compileSpec } from "../../spec/codegen/compile-spec.ts";
import type { OpenapiDocument, Reference, Response } from "../../spec/codegen/document.ts";
import { writeOpenapi } from "../../spec/codegen/openapi.ts";
import { listOperations } from "../../spec/codegen/operations.ts";
import { root } from "../../spec/codegen/paths.ts";
import { writeRoutes } from "../../spec/codegen/routes.ts";
import { compareContracts } from "../../spec/diff/compare-contracts.ts";
import { useServer } from "./targets.ts";

// The contract with two operations that go away (fixtures/deprecated.tsp) takes the whole way: decorator, document, route
// table, server.

// Needed when the first import below asks for the route table: that is before anything else here.
const generated = await vi.hoisted(async () => (await import("node:fs/promises")).mkdtemp(`${(await import("node:os")).tmpdir()}/openclaw-deprecated-`));
afterAll(() => rmSync(generated, { recursive: true, force: true }));

vi.mock("../../generated/server/routes.ts", async () => {
  mkdirSync(join(generated, "server"));
  symlinkSync(join(root, "generated/validators"), join(generated, "validators"));
  const document = await writeOpenapi(await compileSpec("contract-tests/contract/fixtures/deprecated.tsp"), generated);
  await writeRoutes(listOperations(document), generated);
  return (await import(join(generated, "server/routes.ts"))) as object;
});

const documentIn = (folder: string) => JSON.parse(readFileSync(join(folder, "openapi.json"), "utf8")) as OpenapiDocument;

describe("a deprecated operation", () => {
  const server = useServer({ settings: { api: { security: { cors: { origins: ["https://your-app.com"] } } } } });
  const said = ({ headers }: globalThis.Response) => ["Deprecation", "Sunset", "Link"].map((name) => headers.get(name));
  const whole = ["@1793491200", "Sat, 01 May 2027 00:00:00 GMT", '<https://example.com/agents>; rel="deprecation"; type="text/html"'];

  test.each([
    [200, {}],
    [401, { token: null }],
    [401, { token: "wrong" }],
  ])("%i: says since when, until when, and what to do instead", async (status, init) => {
    const answer = await server.gateway.call("/api/v1/agents", init);
    expect([answer.status, said(answer)]).toEqual([status, whole]);
  });

  test("says it when the request is wrong, too", async () => {
    const answer = await server.gateway.call("/api/v1/agents?limit=0");
    expect([answer.status, said(answer)]).toEqual([400, whole]);
  });

  test("names neither an end nor a page when it has none", async () => {
    expect(said(await server.gateway.call("/api/tools"))).toEqual(["@1798675200", null, null]);
  });

  test("pages of other origins may read it", async () => {
    const { headers } = await server.gateway.call("/api/v1/agents", { headers: { Origin: "https://your-app.com" } });
    expect(headers.get("Access-Control-Expose-Headers")?.split(",")).toEqual(expect.arrayContaining(["Deprecation", "Sunset", "Link"]));
  });

  test("others say nothing", async () => {
    for (const path of ["/api/v1/sessions", "/api/v1/agents/main", "/nowhere"]) expect(said(await server.gateway.call(path))).toEqual([null, null, null]);
  });

  test("is marked in the document, which has the headers in each of its answers and nowhere else", () => {
    const { paths, components } = documentIn(generated);
    const { deprecated, description, responses } = paths["/api/v1/agents"]!["get"]!;
    expect(deprecated).toBe(true);
    expect(description).toMatch(/\n\nDeprecated since 2026-11-01; may be gone from 2027-05-01 on\. See <https:\/\/example\.com\/agents>\.$/);
    expect((responses["200"] as Response).headers).toMatchObject({ Deprecation: { $ref: "#/components/headers/Deprecation" } });
    const errors = Object.entries(responses).filter(([status]) => status >= "400");
    expect(errors.map(([, answer]) => (answer as Reference).$ref).filter((reference) => !reference.endsWith("Deprecated"))).toEqual([]);
    expect(errors.length).toBeGreaterThan(3);
    for (const [name, answer] of Object.entries(components.responses!)) expect("Deprecation" in (answer.headers ?? {}), name).toBe(name.endsWith("Deprecated"));
  });

  test("is told to clients as such, and breaks nothing", () => {
    const changes = compareContracts({ openapi: documentIn(join(root, "generated")) }, { openapi: documentIn(generated) });
    expect(changes.filter(({ level }) => level === "breaking")).toEqual([]);
    expect(changes.filter(({ kind }) => kind === "operation-deprecated").map(({ place, says }) => `${place} ${says}`)).toEqual([
      "GET /api/tools is deprecated since 2026-12-31",
      "GET /api/v1/agents is deprecated since 2026-11-01, and may go from 2027-05-01 on",
    ]);
  });
});
