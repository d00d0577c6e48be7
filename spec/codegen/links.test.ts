import { expect, test } from "vitest";
import type { OpenapiDocument, OpenapiOperation } from "./document.ts";
import { addLinks } from "./links.ts";

const operation = (operationId: string, made?: object): OpenapiOperation => ({
  operationId,
  responses: made ? { "201": { description: "Made.", content: { "application/json": { schema: { type: "object", properties: { ...made } } } } } } : { "204": { description: "Done." } },
});

function linksOf(paths: OpenapiDocument["paths"], path: string): unknown {
  addLinks({ openapi: "3.1.0", info: {}, tags: [], paths, components: { schemas: {}, parameters: {} } });
  const made = paths[path]!["post"]!.responses["201"]!;
  return "links" in made ? made.links : undefined;
}

test("what was made leads to all that can be done with it, by its id", () => {
  const paths = {
    "/jobs": { post: operation("createJob", { id: {}, name: {} }), get: operation("listJobs") },
    "/jobs/{jobId}": { get: operation("getJob"), delete: operation("deleteJob") },
    "/jobs/{jobId}/runs": { get: operation("listRuns") },
    "/jobs/{jobId}/runs/{runId}": { get: operation("getRun") },
    "/jobs-of-others/{id}": { get: operation("getOther") },
  };
  const to = (operationId: string) => ({ operationId, parameters: { jobId: "$response.body#/id" } });
  expect(linksOf(paths, "/jobs")).toEqual({ getJob: to("getJob"), deleteJob: to("deleteJob"), listRuns: to("listRuns") });
});

test.each(["/things/install", "/things/{id}/rotate"])("what is made at %s stands beside it, by its name if it has no id", (path) => {
  const paths = { [path]: { post: operation("make", { name: {} }) }, "/things/{id}": { delete: operation("remove") } };
  expect(linksOf(paths, path)).toMatchObject({ remove: { operationId: "remove", parameters: { id: "$response.body#/name" } } });
});

test("an answer that names nothing leads nowhere", () => {
  expect(linksOf({ "/jobs": { post: operation("createJob", { text: {} }) }, "/jobs/{id}": { get: operation("getJob") } }, "/jobs")).toBeUndefined();
});

test("a turn leads to its run, which a header names", () => {
  const turn: OpenapiOperation = { operationId: "chat", responses: { "200": { description: "Said.", headers: { "X-Run-Id": {} } } } };
  const document = { openapi: "3.1.0", info: {}, tags: [], paths: { "/chat": { post: turn }, "/runs/{runId}": { get: operation("getRun") }, "/runs/{runId}/calls/{callId}": { get: operation("getCall") } }, components: { schemas: {}, parameters: {} } };
  addLinks(document);
  expect(turn.responses["200"]).toMatchObject({ links: { getRun: { operationId: "getRun", parameters: { runId: "$response.header.X-Run-Id" } } } });
});
