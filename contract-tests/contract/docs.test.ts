import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { contract } from "./operations.ts";
import { errorStatus } from "../../server/errors.ts";
import { describeTargets, useServer } from "./targets.ts";

describeTargets((target) => {
  test("200: the contract and its reference are open to everybody, each in its media type", async () => {
    (await target.call("getOpenapiJson", { token: null })).json(200);
    for (const [id, path] of [["getOpenapiYaml", {}], ["getOpenapi30Yaml", {}], ["getDocs", {}], ["getDocsScript", {}], ["getDocsPage", { page: "start" }], ["getDocsFile", { file: "page.js" }]] as const) {
      const answer = await target.call(id, { token: null, path });
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

test("404: a page or a file that the documentation does not have, nor one beside it", async () => {
  for (const page of ["nowhere", "files", "../openapi", "start.html"]) (await server.call("getDocsPage", { path: { page } })).json(404);
  for (const file of ["nowhere.js", "../start.html", "../../server/examples.json"]) (await server.call("getDocsFile", { path: { file } })).json(404);
});

test("what the pages name is there, and nothing of it is elsewhere", async () => {
  const { text } = await server.call("getDocsPage", { path: { page: "start" } });
  const pages = new Set([...text.matchAll(/href="\/docs\/([a-z-]+)"/g)].map(([, page]) => page!));
  expect(pages.size).toBeGreaterThan(12);
  const loaded = new Set<string>();
  for (const page of [...pages, "reference"]) {
    const { text: html } = await server.call("getDocsPage", { path: { page } });
    for (const [, address = ""] of html.matchAll(/(?:src|<link[^>]* href)="([^"]*)"/g)) loaded.add(address);
    expect(html.match(/\|-|\{\{/g), `${page} has Markdown left in it`).toBeNull();
    for (const [, id = ""] of html.matchAll(/href="#([^"]*)"/g)) expect(html, page).toContain(`id="${id}"`);
    for (const [, address = ""] of html.matchAll(/<a [^>]*href="(\/[^"#]*)/g)) expect((await server.gateway.call(address)).status, `${page}: ${address}`).toBe(200);
  }
  loaded.delete("data:,");
  for (const address of loaded) expect([address.startsWith("/docs/"), (await server.gateway.call(address, { token: null })).status], address).toEqual([true, 200]);
});

test("each client's page has what its README has, and what it has one download is there", async () => {
  const { text: clients } = await server.call("getDocsPage", { path: { page: "clients" } });
  for (const [page, words] of Object.entries({ typescript: "dist", python: "venv", go: "oapi-codegen", java: "pom.xml", rust: "progenitor" })) {
    expect(clients).toContain(`<td><a href="/docs/${page}">`);
    const { text } = await server.call("getDocsPage", { path: { page } });
    expect(text, page).toContain(words);
    expect(text, page).not.toContain("In this repository");
    expect(text, `${page}: what is typed after the program is shown beside it`).not.toContain('class="samples"');
  }
  const project = await server.call("getDocsFile", { path: { file: "pom.xml" } });
  expect([project.status, project.headers.get("content-type")]).toEqual([200, expect.stringContaining("application/xml")]);
});

test("the page of errors has each code that the gateway has, with its status", async () => {
  const { text } = await server.call("getDocsPage", { path: { page: "errors" } });
  for (const [code, status] of Object.entries(errorStatus)) expect(text).toContain(`<tr><td>${status}</td><td><code>${code}</code>`);
});
