import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { contract } from "./operations.ts";
import { describeTargets, useServer } from "./targets.ts";

describeTargets((target) => {
  test("200: the contract and its reference are open to everybody, each in its media type", async () => {
    (await target.call("getOpenapiJson", { token: null })).json(200);
    for (const id of ["getOpenapiYaml", "getOpenapi30Yaml", "getDocs", "getDocsScript"] as const) {
      const answer = await target.call(id, { token: null });
      expect([answer.status, answer.text.length > 0], id).toEqual([200, true]);
    }
  });
});

const server = useServer();

test("the server serves the very contract it was built from", async () => {
  expect((await server.call("getOpenapiJson")).json(200)).toEqual(contract);
  for (const [id, name] of [["getOpenapiYaml", "openapi.yaml"], ["getOpenapi30Yaml", "openapi-3.0.yaml"]] as const) {
    const yaml = await readFile(new URL(`../../generated/${name}`, import.meta.url), "utf8");
    expect((await server.call(id)).text, id).toBe(yaml);
  }
});

test("the page of the reference asks nobody but this server", async () => {
  const { text } = await server.call("getDocs");
  const addresses = [...text.matchAll(/(?:src|href|url)\s*[=:]\s*"([^"]*)"/g)].map(([, address]) => address);
  expect(addresses).toEqual(["data:,", "/docs/reference.js", "/openapi.json"]);
});
