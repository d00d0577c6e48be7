import { marked, type MarkedToken, type Token, type Tokens } from "marked";

/**
 * CommonMark as Slack's own markup ("mrkdwn"), which knows neither headings (they become bold), nor tables (they are set in
 * a code block), nor the language of code. See https://docs.slack.dev/messaging/formatting-message-text.
 */
export function toMrkdwn(markdown: string): string {
  return blocks(marked.lexer(markdown));
}

/** The three characters that Slack reads as its own, wherever they stand. Nothing escaped can mention anybody or be a link. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function blocks(tokens: readonly Token[], between = "\n\n"): string {
  return tokens
    .map(block)
    .filter((text) => text !== "")
    .join(between);
}

function block(token: Token): string {
  // Tokens of plug-ins, of which there are none, are the rest of the union.
  const known = token as MarkedToken;
  switch (known.type) {
    case "heading":
      return lines(inline(known.tokens, true), (line) => marker("*", line));
    case "paragraph":
      return inline(known.tokens);
    case "text":
      return known.tokens ? inline(known.tokens) : literal(known.text);
    case "code":
      return fence(known.text);
    case "blockquote":
      return quote(blocks(known.tokens));
    case "list":
      return known.items.map((item, index) => listItem(item, known.ordered ? `${Number(known.start) + index}. ` : "• ")).join("\n");
    case "table":
      return fence(table(known));
    case "hr":
      return "──────────";
    case "html":
      return literal(known.text.trim());
    case "space":
    case "def":
    case "checkbox":
      return "";
    default:
      return literal(token.raw);
  }
}

function listItem({ tokens, task, checked }: Tokens.ListItem, bullet: string): string {
  const box = task ? (checked === true ? "☑ " : "☐ ") : "";
  // What goes on below stands under the item's text, but for code, which is there to be copied.
  return bullet + box + partsOf(blocks(tokens, "\n")).map((part) => (isFence(part) ? part : part.replaceAll("\n", "\n    "))).join("");
}

function table({ header, rows }: Tokens.Table): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => bareText(cell.tokens)));
  const widths = header.map((_cell, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n");
}

/** `isBold`: it stands in bold already, where one more pair of stars would end that. */
function inline(tokens: readonly Token[], isBold = false): string {
  let text = "";
  let wasMarked = false;
  for (const token of tokens) {
    const piece = inlinePiece(token, isBold);
    if (piece === "") continue;
    const isMarked = marks.has(token.type);
    // Markers count at the edge of a word only; a space of no width makes one in the middle.
    if ((isMarked || wasMarked) && wordAtEnd.test(text) && wordAtStart.test(piece)) text += "\u200B";
    text += piece;
    wasMarked = isMarked;
  }
  return text;
}

const marks = new Set(["strong", "em", "del", "codespan"]);
const wordAtEnd = /[\p{L}\p{N}*_~`]$/u;
const wordAtStart = /^[\p{L}\p{N}*_~`]/u;

function inlinePiece(token: Token, isBold: boolean): string {
  const known = token as MarkedToken;
  switch (known.type) {
    case "strong":
      return isBold ? inline(known.tokens, true) : lines(inline(known.tokens, true), (line) => marker("*", line));
    case "em":
      return lines(inline(known.tokens, isBold), (line) => marker("_", line));
    case "del":
      return lines(inline(known.tokens, isBold), (line) => marker("~", line));
    case "codespan":
      // There is no way to write a backtick in Slack's code; it looks like this one.
      return `\`${escapeText(known.text.replaceAll("`", "ˋ"))}\``;
    case "link":
      return link(known.href, bareText(known.tokens));
    case "image":
      return link(known.href, known.text === "" ? "image" : known.text);
    case "br":
      return "\n";
    case "html":
      return /^<br\s*\/?>$/i.test(known.text) ? "\n" : literal(known.text);
    case "text":
      return known.tokens ? inline(known.tokens, isBold) : literal(known.text);
    case "escape":
      return escapeText(known.text);
    case "checkbox":
      return "";
    default:
      return literal(token.raw);
  }
}

/** A link goes where it says and nowhere else: `<!channel>` and `<@U1>` have the same form. */
function link(href: string, label: string): string {
  if (!/^(?:https?:\/\/|mailto:|tel:)/i.test(href)) return escapeText(label === "" ? href : label);
  const url = escapeText(href.replaceAll("|", "%7C").replaceAll("<", "%3C").replaceAll(">", "%3E"));
  return label === "" || label === href ? `<${url}>` : `<${url}|${escapeText(label.replaceAll(/\s+/g, " "))}>`;
}

/** Without its language; three backticks inside would end it, and are kept apart by a space of no width. */
const fence = (code: string) => `\`\`\`\n${escapeText(code.replaceAll("```", "`\u200B`\u200B`"))}\n\`\`\``;

/** Code within a quote stands between its parts: `>` before its lines would be taken for code. */
function quote(text: string): string {
  return partsOf(text)
    .map((part) => (isFence(part) ? part : part.replaceAll(/^\n+|\n+$/g, "")))
    .filter((part) => part !== "")
    .map((part) => (isFence(part) ? part : lines(part, (line) => `> ${line}`)))
    .join("\n");
}

/** What is code and what is not, in turn. */
const partsOf = (text: string) => text.split(/(```\n[\s\S]*?\n```)/);
const isFence = (part: string) => part.startsWith("```\n");

/** Slack's markers hold within a line, and not beside a space. */
function marker(sign: string, text: string): string {
  const [, before = "", inner = "", after = ""] = /^(\s*)(.*?)(\s*)$/.exec(text) ?? [];
  return inner === "" ? text : `${before}${sign}${inner}${sign}${after}`;
}

const lines = (text: string, change: (line: string) => string) => text.split("\n").map(change).join("\n");

function bareText(tokens: readonly Token[]): string {
  return tokens.map((token) => ("tokens" in token && token.tokens ? bareText(token.tokens) : "text" in token ? decodeEntities(String(token["text"])) : "")).join("");
}

const literal = (text: string) => escapeText(decodeEntities(text));

/** Of HTML's names for characters, those that models write. */
const decodeEntities = (text: string) => text.replaceAll(/&(amp|lt|gt|quot|nbsp|#39);/g, (_whole, name: keyof typeof entities) => entities[name]);

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " ", "#39": "'" };
