import { marked, type MarkedToken, type Token, type Tokens } from "marked";

/**
 * Markdown as WhatsApp writes it: `*bold*`, `_italic_`, `~struck~`, code between backticks, lists and quotes. Headings are bold,
 * links have their address in brackets, tables stand in a block of code; what WhatsApp has nothing for is shown as it was written.
 */
export function formatForWhatsapp(markdown: string): string {
  return settleLiterals(blocks(marked.lexer(markdown.replaceAll(literal, "")))).trim();
}

/**
 * WhatsApp has no escapes. A sign that stands for itself is marked while the text is put together, and kept by an invisible space
 * from beginning a format where it would.
 */
const literal = "\0";
const invisible = "\u200B";

function settleLiterals(text: string): string {
  return text.replaceAll(/\0(.)/g, (_, sign: string, at: number) => {
    const before = text[at - 1] ?? "\n";
    const rest = text.slice(at + 2).split("\n", 1)[0]!;
    const begins = sign === ">" || sign === "-" ? true : !/[\p{L}\p{N}]/u.test(before) && /^\S/.test(rest) && rest.includes(sign);
    return begins ? invisible + sign : sign;
  });
}

function blocks(tokens: readonly Token[], between = "\n\n"): string {
  return tokens.map((token) => block(token as MarkedToken)).filter((text) => text !== "").join(between);
}

function block(token: MarkedToken): string {
  switch (token.type) {
    case "heading":
      return style("*", inline(token.tokens, "*"));
    case "paragraph":
      return inline(token.tokens).replaceAll(/^(?=[>-] )/gm, literal);
    case "code":
      return fence(token.text);
    case "blockquote":
      return blocks(token.tokens).replaceAll(/^/gm, "> ");
    case "list":
      return list(token);
    case "table":
      return table(token);
    case "hr":
      return "———";
    case "html":
      return escape(token.text.trim());
    case "space":
    case "def":
      return "";
    default:
      return inline([token]);
  }
}

function list({ ordered, start, items, loose }: Tokens.List): string {
  const written = items.map(({ tokens }, index) => {
    const bullet = ordered ? `${Number(start) + index}. ` : "- ";
    // The box of a task stands before its text, or within where the list is loose.
    const [first, ...rest] = tokens;
    const [box, content] = first?.type === "checkbox" ? [inline([first]), rest] : ["", tokens];
    return bullet + box + blocks(content, "\n").replaceAll("\n", `\n${" ".repeat(bullet.length)}`);
  });
  return written.join(loose ? "\n\n" : "\n");
}

function table({ header, rows }: Tokens.Table): string {
  const lines = [header, ...rows].map((cells) => cells.map(({ tokens }) => plain(tokens)));
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return fence(lines.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()).join("\n"));
}

/** The text of an inline sequence; `within` are the formats that it already stands in, since none may be begun twice. */
function inline(tokens: readonly Token[], within = ""): string {
  return (tokens as readonly MarkedToken[]).map((token) => span(token, within)).join("");
}

function span(token: MarkedToken, within: string): string {
  switch (token.type) {
    case "strong":
      return style("*", inline(token.tokens, `${within}*`), within);
    case "em":
      return style("_", inline(token.tokens, `${within}_`), within);
    case "del":
      return style("~", inline(token.tokens, `${within}~`), within);
    case "codespan":
      return token.text.includes("`") ? `\`\`\`${unfenced(token.text)}\`\`\`` : `\`${token.text}\``;
    case "br":
      return "\n";
    case "link":
      return link(token, within);
    case "image":
      return token.text === "" ? token.href : `${escape(token.text)} (${token.href})`;
    case "checkbox":
      return token.checked ? "☑ " : "☐ ";
    case "html":
      return /^<br\s*\/?>$/i.test(token.text) ? "\n" : escape(token.text);
    case "text":
      return token.tokens ? inline(token.tokens, within) : escape(decoded(token.text));
    case "escape":
      return escape(token.text);
    default:
      return escape(token.raw);
  }
}

function link({ href, text, tokens }: Tokens.Link, within: string): string {
  // An address stands for itself, underscores and all.
  return text === href || `mailto:${text}` === href || `http://${text}` === href ? text : `${inline(tokens, within)} (${href})`;
}

/** Each line by itself, since no format goes over the end of a line, nor begins or ends with a space. */
function style(sign: string, text: string, within = ""): string {
  return within.includes(sign) ? text : text.replaceAll(/^([^\S\n]*)(\S(?:.*\S)?)([^\S\n]*)$/gm, (_, before: string, styled: string, after: string) => before + sign + styled + sign + after);
}

const fence = (code: string) => `\`\`\`\n${unfenced(code)}\n\`\`\``;
const unfenced = (code: string) => code.replaceAll("```", `\`\`${invisible}\``);
const escape = (text: string) => text.replaceAll(/[*_~`]/g, `${literal}$&`);

/** A cell in words alone. */
function plain(tokens: readonly Token[]): string {
  return (tokens as readonly MarkedToken[])
    .map((token) => ("tokens" in token && token.tokens ? plain(token.tokens) : "text" in token ? decoded(token.text) : ""))
    .join("")
    .replaceAll(/\s+/g, " ");
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** Without the character references that models use (CommonMark 0.31, 2.5). */
function decoded(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (written: string, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? written;
    const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : written;
  });
}
