import { readFileSync } from "node:fs";
import { expand } from "../../spec/codegen/docs/expand.ts";
import { clientReadmes, pageGroups, sourceOf } from "../../spec/codegen/docs/pages.ts";
import type { OpenapiDocument } from "../../spec/codegen/document.ts";
import { listOperations } from "../../spec/codegen/operations.ts";
import { languages, type Language, type Sample } from "../../spec/codegen/samples/samples.ts";

/** A sample as a user copies it. */
export interface Program {
  /** Where it stands; a name in every language. */
  name: string;
  lang: Language;
  source: string;
}

/** The contract as the reference shows it. */
export const documented = JSON.parse(
  readFileSync(new URL("../../generated/docs/files/contract.js", import.meta.url), "utf8").replace(/^.*? = /, "").replace(/;\n$/, ""),
) as OpenapiDocument;

export const operations = listOperations(documented);

/** The samples of the reference: six of each operation. */
export const referencePrograms: readonly Program[] = operations.flatMap(({ id, raw }) => (raw["x-codeSamples"] as Sample[]).map(({ lang, source }) => ({ name: id, lang, source })));

/** What the pages show beyond those: every other block of code, as it stands in their Markdown. */
export const pageBlocks = await readPages();

/** Those of the blocks that are programs, and not yet in the reference. */
export const pagePrograms: readonly Program[] = pageBlocks.flatMap(({ name, fence, source }) => {
  const lang = languages.find((language) => language.fence === fence)?.lang;
  return lang === undefined || referencePrograms.some((program) => program.source === source) ? [] : [{ name, lang, source }];
});

async function readPages(): Promise<{ name: string; fence: string; source: string }[]> {
  // What the READMEs of the clients show is tried by the tests beside them, where the clients are.
  const names = pageGroups.flatMap(({ pages }) => pages).filter((name) => name !== "ws" && !(name in clientReadmes));
  const blocks = names.map(async (name) => {
    const markdown = expand(await sourceOf(name), documented, operations);
    return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm)].map(([, fence = "", source = ""], index) => ({ name: `${name}Page${index + 1}`, fence, source }));
  });
  return (await Promise.all(blocks)).flat();
}
