import { lexer, type MarkedToken, type Token, type Tokens } from "marked";

/**
 * CommonMark (with GitHub's tables, strikes and tasks) in the HTML of Telegram's Bot API, which knows few tags
 * (https://core.telegram.org/bots/api#html-style): what it has no tag for is told with signs. Null when the text cannot be read,
 * or nothing would be seen of it.
 */
export function toTelegramHtml(markdown: string): string | null {
  try {
    return blocks(lexer(markdown), { isQuoted: false }) || null;
  } catch {
    // Some thousand quotes inside each other are too many for the stack.
    return null;
  }
}

/** Telegram refuses a quote inside of a quote. */
interface Surroundings {
  isQuoted: boolean;
}

function blocks(tokens: readonly Token[], around: Surroundings, between = "\n\n"): string {
  return tokens
    .map((token) => block(token as MarkedToken, around))
    .filter((text) => text !== "")
    .join(between);
}

function block(token: MarkedToken, around: Surroundings): string {
  switch (token.type) {
    case "space":
    case "def":
    case "checkbox":
      return "";
    case "heading":
      return `<b>${inline(token.tokens)}</b>`;
    case "code":
      return codeBlock(token);
    case "blockquote": {
      const text = blocks(token.tokens, { isQuoted: true });
      return around.isQuoted || text === "" ? text : `<blockquote>${text}</blockquote>`;
    }
    case "list":
      return list(token, around);
    case "table":
      return table(token);
    case "hr":
      return "———";
    case "html":
      return escape(token.text.trim());
    case "paragraph":
      return inline(token.tokens).trim();
    default:
      return inline([token]);
  }
}

function codeBlock({ text, lang }: Tokens.Code): string {
  const [language = ""] = /^[\w+#.-]+/.exec(lang ?? "") ?? [];
  return language === "" ? `<pre>${escape(text)}</pre>` : `<pre><code class="language-${language}">${escape(text)}</code></pre>`;
}

function list({ items, ordered, start }: Tokens.List, around: Surroundings): string {
  return items
    .map((item, at) => {
      const sign = item.task ? (item.checked ? "☑" : "☐") : ordered ? `${Number(start) + at}.` : "•";
      return `${sign} ${indent(blocks(item.tokens, around, "\n").trim())}`;
    })
    .join("\n");
}

/** All lines but the first; those of a code block stand as they are. */
function indent(html: string): string {
  return html
    .split(/(<pre>.*?<\/pre>)/s)
    .map((part) => (part.startsWith("<pre>") ? part : part.replaceAll(/\n(?=.)/g, "\n  ")))
    .join("");
}

/** In columns, which only a fixed width shows. */
function table({ header, rows }: Tokens.Table): string {
  const lines = [header, ...rows].map((cells) => cells.map(({ tokens }) => plainText(tokens)));
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => widthOf(cells[column] ?? ""))));
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell + " ".repeat(widths[column]! - widthOf(cell))).join(" | ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("-|-");
  const [first = [], ...others] = lines;
  return `<pre>${escape([line(first), rule, ...others.map(line)].join("\n"))}</pre>`;
}

const graphemes = new Intl.Segmenter();
const widthOf = (text: string) => Array.from(graphemes.segment(text)).length;

function inline(tokens: readonly Token[]): string {
  return tokens.map((token) => span(token as MarkedToken)).join("");
}

function span(token: MarkedToken): string {
  switch (token.type) {
    case "strong":
      return `<b>${inline(token.tokens)}</b>`;
    case "em":
      return `<i>${inline(token.tokens)}</i>`;
    case "del":
      // One tilde is how models write "about".
      return token.raw.startsWith("~~") ? `<s>${inline(token.tokens)}</s>` : `~${inline(token.tokens)}~`;
    case "codespan":
      return `<code>${escape(token.text)}</code>`;
    case "br":
      return "\n";
    case "link":
      return token.autolink ? link(token.href, escape(token.text)) : link(decode(token.href), inline(token.tokens));
    case "image":
      return link(decode(token.href), escape(decode(token.text)) || escape(token.href));
    case "text":
      return token.tokens ? inline(token.tokens) : escape(decode(token.text));
    case "escape":
      return escape(token.text);
    case "checkbox":
      return "";
    default:
      return isLineBreak(token.raw) ? "\n" : escape(token.raw);
  }
}

/** Telegram opens nothing but the web: of another link, the target is shown. */
function link(href: string, html: string): string {
  if (/^https?:\/\//i.test(href)) return `<a href="${escape(href)}">${html}</a>`;
  const target = escape(href);
  return target === html || target === `mailto:${html}` || target === "" ? html : `${html} (${target})`;
}

function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((some) => {
      const token = some as MarkedToken;
      if (token.type === "br" || isLineBreak(token.raw)) return " ";
      if ("tokens" in token && token.tokens) return plainText(token.tokens);
      return token.type === "text" || token.type === "image" ? decode(token.text) : "text" in token ? token.text : "";
    })
    .join("");
}

const isLineBreak = (raw: string) => /^<br\s*\/?>$/i.test(raw);

const escape = (text: string) => text.replaceAll(/[&<>"]/g, (character) => entities[character]!);
const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** The character references by name that models write, any other stays as it is; those by number the lexer has read. */
const decode = (text: string) => text.replaceAll(/&(amp|lt|gt|quot|apos|nbsp);/g, (_, name: string) => named[name]!);
const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
