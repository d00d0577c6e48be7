import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../paths.ts";

/** The pages in the order of the navigation. Each is `spec/docs/pages/<name>.md` or a client's README; `ws` is made of the frames. */
export const pageGroups: readonly { title: string; pages: readonly string[] }[] = [
  { title: "Getting started", pages: ["start", "agents", "conversations", "workspaces", "operator", "plain", "openai"] },
  { title: "Guides", pages: ["errors", "limits", "lists", "streams", "webhooks", "ws"] },
  { title: "Clients", pages: ["clients", "typescript", "python", "go", "java", "rust"] },
  { title: "Tools", pages: ["mock", "conformance"] },
];

/** Pages that are the READMEs of these folders of `clients/`: who reads them there has the same to do as who reads them here. */
export const clientReadmes: Readonly<Record<string, string>> = { typescript: "typescript/sdk", python: "python", go: "go", java: "java", rust: "rust" };

/** Where the links of those READMEs lead here. */
const addresses: Readonly<Record<string, string>> = { "pom.xml": "/docs/files/pom.xml", ...Object.fromEntries(Object.entries(clientReadmes).map(([name, folder]) => [`${folder}/README.md`, `/docs/${name}`])) };

/** A page's Markdown, as it was written. */
export async function sourceOf(name: string): Promise<string> {
  const folder = clientReadmes[name];
  if (!folder) return readFile(join(root, `spec/docs/pages/${name}.md`), "utf8");
  const readme = await readFile(join(root, "clients", folder, "README.md"), "utf8");
  const [forUsers = ""] = readme.split("\n## In this repository\n");
  // Its shell lines belong to the program above them: they are not that program in another language, as they are on our own pages.
  return withAddresses(forUsers.replaceAll(/^```sh$/gm, "```console"));
}

/** Links into `clients/` as links of the documentation; who shows the page leaves out those that lead nowhere. */
export function withAddresses(markdown: string): string {
  return markdown.replaceAll(/\]\(([^)\s]+)\)/g, (link, target: string) => (addresses[target] ? `](${addresses[target]})` : link));
}
