import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../paths.ts";

/** The pages in the order of the navigation. Each is `spec/docs/pages/<name>.md`; `ws` is made of the frames. */
export const pageGroups: readonly { title: string; pages: readonly string[] }[] = [
  { title: "Getting started", pages: ["start", "agents", "conversations", "workspaces", "operator", "plain", "openai"] },
  { title: "Guides", pages: ["errors", "limits", "streams", "webhooks", "ws"] },
  { title: "Tools", pages: ["clients", "mock", "conformance"] },
];

/** A page's Markdown, as it was written. */
export async function sourceOf(name: string): Promise<string> {
  return readFile(join(root, `spec/docs/pages/${name}.md`), "utf8");
}
