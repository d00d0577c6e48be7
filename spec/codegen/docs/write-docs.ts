import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { transform } from "esbuild";
import type { OpenapiDocument } from "../document.ts";
import type { Operation } from "../operations.ts";
import { root } from "../paths.ts";
import { samplesOf } from "../samples/samples.ts";
import { expand } from "./expand.ts";
import { pageShell } from "./page-shell.ts";
import { pageGroups, sourceOf } from "./pages.ts";
import { renderPage, type RenderedPage } from "./render.ts";
import { searchIndex } from "./search-index.ts";
import { socketPage, type Asyncapi } from "./socket-page.ts";

/**
 * `docs/`: the documentation, as the gateway serves it and `npm run docs` exports it. Pages of prose, the reference with its
 * samples, the index of the search, and what the pages load; nothing of it asks for anything from elsewhere.
 */
export async function writeDocs(document: OpenapiDocument, operations: readonly Operation[], frames: Asyncapi, generated: string): Promise<void> {
  const folder = join(generated, "docs");
  await mkdir(join(folder, "files"), { recursive: true });
  const pages = await Promise.all(pageGroups.flatMap(({ pages }) => pages).map(async (name) => (name === "ws" ? socketPage(frames) : renderPage(name, expand(await sourceOf(name), document, operations)))));
  const put = (name: string, text: string) => writeFile(join(folder, name), text);
  await Promise.all([
    put("reference.html", pageShell(pages, reference)),
    ...pages.map((page) => put(`${page.name}.html`, pageShell(pages, page))),
    put("files/contract.js", `globalThis.openclawContract = ${withSamples(document, operations)};\n`),
    put("files/search-index.js", `globalThis.openclawSearch = ${searchIndex(pages, operations)};\n`),
    ...["page", "reference"].map(async (name) => put(`files/${name}.js`, await script(name))),
    put("files/style.css", await readFile(join(site, "style.css"), "utf8")),
    put("files/pom.xml", await readFile(join(root, "clients/java/pom.xml"), "utf8")),
  ]);
}

const site = join(root, "clients/web/docs");

const reference: RenderedPage = {
  name: "reference",
  title: "API reference",
  html: '<div id="reference"></div>\n<script src="/docs/files/contract.js"></script>\n<script src="/docs/reference.js"></script>\n<script src="/docs/files/reference.js"></script>',
  sections: [],
};

/** The contract, each operation with its samples (`x-codeSamples`); a path a line, so that a diff can be read. */
function withSamples({ paths, ...document }: OpenapiDocument, operations: readonly Operation[]): string {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const contract = { ...document, paths };
  const items = Object.entries(paths).map(([path, item]) => {
    const full = Object.entries(item).map(([method, raw]) => [method, { ...raw, "x-codeSamples": samplesOf(contract, byId.get(raw.operationId)!) }]);
    return `  ${JSON.stringify(path)}: ${JSON.stringify(Object.fromEntries(full))}`;
  });
  return `{ ${JSON.stringify(document).slice(1, -1)}, "paths": {\n${items.join(",\n")}\n} }`;
}

async function script(name: string): Promise<string> {
  const { code } = await transform(await readFile(join(site, `${name}.ts`), "utf8"), { loader: "ts", format: "iife", target: "es2022" });
  return code;
}
