import { lexer, type MarkedToken, type Token, type Tokens } from "marked";

/**
 * CommonMark with tables (as models write it) in Discord's own Markdown, which is near to it:
 * https://support.discord.com/hc/en-us/articles/210298617. Tables become code blocks; images, links; headings below the third level,
 * bold lines. What means something else there (`__`, `||`, `~~~`, `+` lists, indented code, links by reference) is written in the way
 * that means the same.
 */
export function toDiscordMarkdown(text: string): string {
  return blocks(lexer(text)).trim();
}

/** Each block with the line ends that followed it. */
function blocks(tokens: readonly Token[]): string {
  return tokens.map((token) => (token.type === "space" ? token.raw : block(token as MarkedToken) + (/\n*$/.exec(token.raw)?.[0] ?? ""))).join("");
}

function block(token: MarkedToken): string {
  switch (token.type) {
    case "heading":
      return heading(token);
    case "code":
      return fence(token.text, token.lang);
    case "table":
      return fence(tableText(token));
    case "blockquote":
      return indent(blocks(token.tokens).trimEnd(), "> ", "> ");
    case "list":
      return token.items.map((item, index) => listItem(item, token.ordered ? `${Number(token.start || 0) + index}. ` : "- ")).join("\n");
    case "def":
      return "";
    case "checkbox":
      return token.checked ? "[x] " : "[ ] ";
    case "paragraph":
      return inline(token.tokens).trimEnd();
    case "text":
      return inline([token]).trimEnd();
    default:
      return token.raw.trimEnd();
  }
}

function heading({ depth, tokens }: Tokens.Heading): string {
  const title = inline(tokens);
  if (depth <= 3) return `${"#".repeat(depth)} ${title}`;
  return title.includes("**") ? title : `**${title}**`;
}

function listItem(item: Tokens.ListItem, marker: string): string {
  return indent(blocks(item.tokens).trimEnd(), marker, " ".repeat(marker.length));
}

function indent(text: string, first: string, others: string): string {
  return text.split("\n").map((line, index) => `${index === 0 ? first : line === "" && others.trim() === "" ? "" : others}${line}`).join("\n");
}

/** Discord has one fence only; within it, three of its signs are kept apart by a space of no width. */
function fence(code: string, language = ""): string {
  return `\`\`\`${/^[\w+#.-]*/.exec(language)?.[0] ?? ""}\n${code.replaceAll("```", "`\u200b``")}\n\`\`\``;
}

function tableText({ header, rows, align }: Tokens.Table): string {
  const lines = [header, ...rows].map((cells) => cells.map((cell) => plain(cell.tokens)));
  const widths = header.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ""))));
  const [first = "", ...others] = lines.map((line) => line.map((cell, column) => pad(cell, widths[column]!, align[column] === "right")).join(" | ").trimEnd());
  return [first, widths.map((width) => "-".repeat(width)).join("-|-"), ...others].join("\n");
}

function pad(cell: string, width: number, isRight: boolean): string {
  const space = " ".repeat(width - widthOf(cell));
  return isRight ? space + cell : cell + space;
}

const widthOf = (text: string): number => Array.from(text).length;

/** The words of a cell: a code block shows every other sign as it is. */
function plain(tokens: readonly Token[]): string {
  return (tokens as MarkedToken[])
    .map((token) => {
      if (token.type === "br" || token.type === "html") return " ";
      if (token.type === "link" && token.href !== token.text) return `${plain(token.tokens)} (${token.href})`;
      return "tokens" in token && token.tokens ? plain(token.tokens) : "text" in token ? token.text : token.raw;
    })
    .join("");
}

function inline(tokens: readonly Token[]): string {
  return (tokens as MarkedToken[]).map(span).join("");
}

function span(token: MarkedToken): string {
  switch (token.type) {
    case "text":
      return token.tokens ? inline(token.tokens) : token.raw.replaceAll("||", "\\|\\|");
    case "strong":
      return `**${inline(token.tokens)}**`;
    case "em":
      return `${token.raw[0]}${inline(token.tokens)}${token.raw[0]}`;
    case "del":
      return `~~${inline(token.tokens)}~~`;
    case "br":
      return "\n";
    case "link":
      return link(token.href, inline(token.tokens), token.raw);
    case "image":
      return link(token.href, token.text, token.raw);
    default:
      return token.raw;
  }
}

/** Discord links to web pages only, and not from a text that is an address itself. */
function link(href: string, text: string, raw: string): string {
  if (raw === href || raw === `<${href}>` || !/^https?:\/\//.test(href)) return raw;
  if (text === "" || /^https?:\/\//.test(text)) return href;
  return `[${text}](${/[()]/.test(href) ? `<${href}>` : href})`;
}
