import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { ContractHandlers } from "../../generated/server/handlers.ts";
import { GatewayError } from "../errors.ts";
import type { RequestContext } from "../http/request-context.ts";
import { packageFile, vendoredFile } from "../package-files.ts";

/** What a page of the documentation may do: load and run what lies beside it (W3C CSP 3). */
const pagePolicy = policyOf("style-src 'self'", "img-src data:");

/** The reference asks this server as well, when somebody tries an operation, and styles itself, which Scalar does as it goes. */
const referencePolicy = policyOf("style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "connect-src 'self'");

const contentTypes = { ".js": "text/javascript", ".css": "text/css", ".xml": "application/xml" } as const;

/** The contract and its documentation, as `npm run generate` has made them. A file is read when it is first asked for, and kept. */
export function createDocsHandlers(): ContractHandlers<RequestContext> {
  const texts = new Map<string, Promise<string>>();
  const names = new Map<string, Promise<ReadonlySet<string>>>();
  const textOf = (name: string) => kept(texts, name, () => readFile(packageFile(`generated/${name}`), "utf8"));
  const json = once(async () => JSON.parse(await textOf("openapi.json")) as Record<string, unknown>);
  const frames = once(async () => JSON.parse(await textOf("asyncapi.json")) as Record<string, unknown>);
  const script = once(() => readFile(vendoredFile("@scalar/api-reference/dist/browser/standalone.js"), "utf8"));

  /** A name that is asked for becomes a path only when there is such a file. */
  async function fileOf(subfolder: string, name: string): Promise<string> {
    const known = await kept(names, subfolder, async () => new Set(await readdir(packageFile(`generated/${subfolder}`))));
    if (!known.has(name)) throw new GatewayError("not_found", "The documentation has nothing of this name. It begins at `/docs/start`.");
    return textOf(subfolder + name);
  }

  async function page(name: string, policy = pagePolicy) {
    return { status: 200, headers: { "Content-Security-Policy": policy }, contentType: "text/html", text: await fileOf("docs/", `${name}.html`) } as const;
  }

  return {
    getDocs: () => page("reference", referencePolicy),
    getDocsPage: ({ path }) => page(path.page, path.page === "reference" ? referencePolicy : pagePolicy),
    getSocketDocs: () => page("ws"),
    async getDocsFile({ path: { file } }) {
      const text = await fileOf("docs/files/", file);
      return { status: 200, contentType: contentTypes[extname(file) as keyof typeof contentTypes], text };
    },
    async getDocsScript() {
      return { status: 200, contentType: "text/javascript", text: await script() };
    },
    async getOpenapiJson() {
      return { status: 200, body: await json() };
    },
    async getOpenapiYaml() {
      return { status: 200, contentType: "application/yaml", text: await textOf("openapi.yaml") };
    },
    async getOpenapi30Yaml() {
      return { status: 200, contentType: "application/yaml", text: await textOf("openapi-3.0.yaml") };
    },
    async getAsyncapiJson() {
      return { status: 200, body: await frames() };
    },
    async getAsyncapiYaml() {
      return { status: 200, contentType: "application/yaml", text: await textOf("asyncapi.yaml") };
    },
  };
}

function policyOf(...own: readonly string[]): string {
  return ["default-src 'none'", "script-src 'self'", ...own, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"].join("; ");
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  const made = new Map<"", Promise<T>>();
  return () => kept(made, "", make);
}

function kept<Name, T>(all: Map<Name, Promise<T>>, name: Name, make: () => Promise<T>): Promise<T> {
  let made = all.get(name);
  if (!made) all.set(name, (made = make()));
  return made;
}
