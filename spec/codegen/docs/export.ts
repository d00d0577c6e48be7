/**
 * `npm run docs [-- --out FOLDER]`: the documentation as a folder (`docs/` by default) that any host of files serves, and a browser shows
 * from the disk. It is what the gateway serves at `/docs`, with addresses that are relative.
 */
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sampleUrl } from "../samples/request.ts";
import { vendoredFile } from "../../../server/package-files.ts";
import { root } from "../paths.ts";

const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "docs") } } });
const out = resolve(values.out);
const generated = join(root, "generated");
const documents = ["openapi.yaml", "openapi.json", "openapi-3.0.yaml", "asyncapi.yaml", "asyncapi.json"];

await mkdir(join(out, "files"), { recursive: true });
await Promise.all([
  ...documents.map((name) => cp(join(generated, name), join(out, name))),
  ...["", "files"].map(async (folder) => {
    const entries = await readdir(join(generated, "docs", folder), { withFileTypes: true });
    await Promise.all(entries.filter((entry) => entry.isFile()).map(({ name }) => exportFile(join(folder, name))));
  }),
  cp(vendoredFile("@scalar/api-reference/dist/browser/standalone.js"), join(out, "files/scalar.js")),
]);
console.log(`the documentation is in ${out}: open ${join(out, "index.html")}`);

async function exportFile(path: string): Promise<void> {
  const text = await readFile(join(generated, "docs", path), "utf8");
  await writeFile(join(out, path === "reference.html" ? "index.html" : path), exported(path, text));
}

/** Addresses as they are in a folder. In scripts, too, they are relative to the page that shows them. */
function exported(path: string, text: string): string {
  if (path.endsWith(".html")) return withRelativeAddresses(text, '(?:href|src)="');
  if (path.endsWith("search-index.js")) return withRelativeAddresses(text, ',"');
  // The links in the contract's Markdown; and an export is not where the gateway is.
  if (path.endsWith("contract.js")) return withRelativeAddresses(text, "\\]\\(").replace('"servers":[{"url":"/"', `"servers":[{"url":"${sampleUrl}"`);
  return text;
}

function withRelativeAddresses(text: string, before: string): string {
  const addresses: [address: string, replacement: string][] = [
    ["/docs/reference\\.js", "files/scalar.js"],
    ["/docs/files/", "files/"],
    ['/docs/([a-z-]+)(?=["#)])', "$1.html"],
    ['/docs(?=["#)])', "index.html"],
    ['/(?=(?:open|async)api(?:-3\\.0)?\\.(?:yaml|json)[")])', ""],
  ];
  return addresses.reduce((result, [address, replacement]) => result.replaceAll(new RegExp(`(?<=${before})${address}`, "g"), replacement), text);
}
