import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OpenapiDocument } from "../document.ts";
import { describeCodes } from "../error-answers.ts";
import type { Operation } from "../operations.ts";
import { classLimits } from "../../../server/limits/rate-classes.ts";
import type { SampleOptions } from "../samples/request.ts";
import { root } from "../paths.ts";
import { languages, samplesOf } from "../samples/samples.ts";
import { withAddresses } from "./pages.ts";

/**
 * Markdown with what the contract says of itself in the place of lines such as `{{errors}}`, `{{rate-classes}}` and `{{clients}}`; and with an
 * operation's samples in the place of `{{samples getStatus}}`, with another body than the example's in that of `{{samples chat {…}}}`,
 * and with events for an answer in that of `{{events message {…}}}`. Throws on any other word.
 */
export function expand(markdown: string, document: OpenapiDocument, operations: readonly Operation[]): string {
  return markdown.replaceAll(/^\{\{(.*)\}\}$/gm, (line, text: string) => {
    const [, word, id, body] = /^(\S+)(?: (\w+))?(?: (\{.*\}))?$/.exec(text) ?? [];
    if (word === "samples" || word === "events") return samples(document, operations, id, { ...(body && { body: JSON.parse(body) as unknown }), asEvents: word === "events" });
    if (word === "errors") return errors(document);
    if (word === "rate-classes") return rateClasses(operations);
    if (word === "clients") return clients();
    throw new Error(`a page says ${line}, which nothing stands for`);
  });
}

function samples(document: OpenapiDocument, operations: readonly Operation[], id: string | undefined, options: SampleOptions): string {
  const operation = operations.find((one) => one.id === id);
  if (!operation) throw new Error(`a page wants samples of ${id}, which is no operation`);
  return samplesOf(document, operation, options)
    .map(({ lang, source }) => `\`\`\`${languages.find((language) => language.lang === lang)!.fence}\n${source}\n\`\`\``)
    .join("\n\n");
}

function errors(document: OpenapiDocument): string {
  return table(
    ["Status", "Code", "What it means, and what to do"],
    describeCodes(document).map(({ status, code, plainCode, openaiType, description, advice }) => [String(status), `\`${code}\`<br>\`${plainCode}\`<br>\`${openaiType}\``, `${description}<br>${advice}`]),
  );
}

function rateClasses(operations: readonly Operation[]): string {
  return table(
    ["Class", "Requests a minute", "Operations"],
    Object.entries(classLimits).map(([name, { maxRequests, windowMs }]) => {
      const own = operations.filter(({ rateClass, permission }) => rateClass === name && permission !== "none").map(({ method, path }) => `\`${method} ${path}\``);
      return [`\`${name}\``, String((maxRequests * 60_000) / windowMs), name === "default" ? "all others, for a key that has no limit of its own" : own.join("<br>")];
    }),
  );
}

/** The table of the clients' own README: which generator makes each, and how. */
function clients(): string {
  const [table = ""] = /^\|.*$(?:\n\|.*$)*/m.exec(readFileSync(join(root, "clients/README.md"), "utf8")) ?? [];
  return withAddresses(table);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
