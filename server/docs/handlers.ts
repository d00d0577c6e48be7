import { readFile } from "node:fs/promises";
import type { ContractHandlers } from "../../generated/server/handlers.ts";
import type { RequestContext } from "../http/request-context.ts";
import { packageFile, vendoredFile } from "../package-files.ts";
import { docsPage, docsPolicy } from "./page.ts";
import { type Asyncapi, socketPage, socketPagePolicy } from "./socket-page.ts";

/** The contract, and its reference as a page. Files are read when they are first asked for, and kept. */
export function createDocsHandlers(): ContractHandlers<RequestContext> {
  const contract = (name: string) => once(() => readFile(packageFile(`generated/${name}`), "utf8"));
  const json = once(async () => JSON.parse(await contract("openapi.json")()) as Record<string, unknown>);
  const yaml = contract("openapi.yaml");
  const yaml30 = contract("openapi-3.0.yaml");
  const frames = once(async () => JSON.parse(await contract("asyncapi.json")()) as Asyncapi);
  const framesYaml = contract("asyncapi.yaml");
  const framesPage = once(async () => socketPage(await frames()));
  const script = once(() => readFile(vendoredFile("@scalar/api-reference/dist/browser/standalone.js"), "utf8"));

  return {
    async getDocs() {
      return { status: 200, headers: { "Content-Security-Policy": docsPolicy }, contentType: "text/html", text: docsPage };
    },
    async getDocsScript() {
      return { status: 200, contentType: "text/javascript", text: await script() };
    },
    async getOpenapiJson() {
      return { status: 200, body: await json() };
    },
    async getOpenapiYaml() {
      return { status: 200, contentType: "application/yaml", text: await yaml() };
    },
    async getOpenapi30Yaml() {
      return { status: 200, contentType: "application/yaml", text: await yaml30() };
    },
    async getSocketDocs() {
      return { status: 200, headers: { "Content-Security-Policy": socketPagePolicy }, contentType: "text/html", text: await framesPage() };
    },
    async getAsyncapiJson() {
      return { status: 200, body: { ...(await frames()) } };
    },
    async getAsyncapiYaml() {
      return { status: 200, contentType: "application/yaml", text: await framesYaml() };
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
