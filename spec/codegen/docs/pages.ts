import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../paths.ts";

/** The pages in the order of the navigation. Each is `spec/docs/pages/<name>.md`, but for those that are made of something else. */
export const pageGroups: readonly { title: string; pages: readonly string[] }[] = [
  { title: "Getting started", pages: ["start", "agents", "conversations", "workspaces", "operator", "plain", "openai"] },
  { title: "Guides", pages: ["errors", "limits", "streams", "webhooks", "ws"] },
  { title: "Tools", pages: ["clients", "mock", "conformance"] },
];

/** Where a page's Markdown is; that of the clients is their own README. */
export function fileOf(name: string): string {
  const readme = join(root, "clients/README.md");
  return name === "clients" && existsSync(readme) ? readme : join(root, `spec/docs/pages/${name}.md`);
}

export async function sourceOf(name: string): Promise<string> {
  return readFile(fileOf(name), "utf8");
}
