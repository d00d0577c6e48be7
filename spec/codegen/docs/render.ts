import { Marked, type Token, type Tokens } from "marked";
import { languages } from "../samples/samples.ts";
import { escape } from "./escape.ts";

export interface RenderedPage {
  /** Its address is `/docs/<name>`. */
  name: string;
  title: string;
  html: string;
  /** What the search finds: each heading with the words below it. */
  sections: { id: string; heading: string; text: string }[];
}

/** A page of Markdown. Code in several languages that stands together is shown one language at a time. */
export function renderPage(name: string, markdown: string): RenderedPage {
  const sections: RenderedPage["sections"] = [];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        const id = idOf(html);
        return depth === 1 ? `<h1>${html}</h1>\n` : `<h${depth} id="${id}"><a href="#${id}">${html}</a></h${depth}>\n`;
      },
      code: ({ text, lang }) => block(text, lang),
      // A link into the repository leads nowhere here.
      link({ href, tokens }) {
        const html = this.parser.parseInline(tokens);
        return /^(https?:|\/|#)/.test(href) ? `<a href="${escape(href)}">${html}</a>` : html;
      },
      table(token) {
        const row = (cells: Tokens.TableCell[], tag: string) => `<tr>${cells.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join("")}</tr>`;
        return `<div class="table" tabindex="0"><table><thead>${row(token.header, "th")}</thead><tbody>${token.rows.map((cells) => row(cells, "td")).join("")}</tbody></table></div>\n`;
      },
    },
  });
  const tokens = marked.lexer(markdown);
  let html = "";
  for (let at = 0; at < tokens.length; ) {
    const group = groupAt(tokens, at);
    html += group.length > 1 ? tabs(group) : marked.parser([tokens[at]!]);
    at += group.length > 1 ? group.span : 1;
  }
  let title = name;
  for (const token of tokens) {
    if (token.type === "heading") {
      const { depth, text } = token as Tokens.Heading;
      const heading = plain(text);
      if (depth === 1) title = heading;
      sections.push({ id: depth === 1 ? "" : idOf(heading), heading, text: "" });
    } else if (token.type !== "code" && sections.length > 0) sections.at(-1)!.text += ` ${plain(token.raw)}`;
  }
  return { name, title, html, sections };
}

type CodeGroup = Tokens.Code[] & { span: number };

/** Blocks of code in different languages with nothing between them. */
function groupAt(tokens: readonly Token[], start: number): CodeGroup {
  const group = Object.assign([] as Tokens.Code[], { span: 0 });
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token.type === "space") continue;
    if (token.type !== "code" || !languages.some(({ fence }) => fence === token.lang) || group.some(({ lang }) => lang === token.lang)) break;
    group.push(token as Tokens.Code);
    group.span = at - start + 1;
  }
  return group;
}

function tabs(group: readonly Tokens.Code[]): string {
  const panels = group.map(({ lang, text }) => `<section data-language="${lang}"><h4>${languages.find(({ fence }) => fence === lang)!.label}</h4>${block(text, lang)}</section>`);
  return `<div class="samples">${panels.join("\n")}</div>\n`;
}

/** Code as it is shown; who cannot scroll by mouse can by keys. */
export const block = (text: string, lang = "") => `<pre tabindex="0"><code data-language="${lang}">${escape(text)}</code></pre>\n`;

const plain = (text: string) => text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/<br>/g, " ").replaceAll(/[`*|#]|-{3,}/g, "").replaceAll(/\s+/g, " ").trim();

const idOf = (html: string) => plain(html.replaceAll(/<[^>]*>|&\w+;/g, "")).toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
