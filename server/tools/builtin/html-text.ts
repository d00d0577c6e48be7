/**
 * The readable text of an HTML page: tags are left out, blocks become lines, entities the characters they stand for; what nobody reads
 * (scripts, styles) is dropped. For models, not for browsers: one pass over the text, which no page can make slow.
 */
export function htmlText(html: string): string {
  let text = "";
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    if (open < 0) return tidy(text + html.slice(at));
    text += html.slice(at, open);
    const kind = html[open + 1] ?? "";
    if (html.startsWith("<!--", open)) at = behind(html, "-->", open + 4);
    else if (!/[a-z/!?]/i.test(kind)) {
      // A lone < is a character like any other.
      text += "<";
      at = open + 1;
    } else {
      at = behind(html, ">", open);
      const name = /^<\/?([a-z][a-z0-9]*)/i.exec(html.slice(open, open + 20))?.[1]?.toLowerCase() ?? "";
      if (unread.has(name) && kind !== "/") at = behindElement(html, name, at);
      else if (name === "li" && kind !== "/") text += "\n- ";
      else if (blocks.has(name)) text += "\n";
      else if (name === "td" || name === "th") text += " ";
    }
  }
  return tidy(text);
}

const unread: ReadonlySet<string> = new Set(["script", "style", "noscript", "template", "svg", "iframe", "object"]);

const blocks: ReadonlySet<string> = new Set([
  "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
  "header", "hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "table", "title", "tr", "ul",
]);

function behind(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found < 0 ? html.length : found + mark.length;
}

function behindElement(html: string, name: string, from: number): number {
  const closing = new RegExp(`</${name}`, "gi");
  closing.lastIndex = from;
  return closing.test(html) ? behind(html, ">", closing.lastIndex) : html.length;
}

const entities: ReadonlyMap<string, string> = new Map(Object.entries({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", ndash: "–", mdash: "—", hellip: "…", copy: "©", laquo: "«", raquo: "»", lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”", bull: "•", middot: "·", euro: "€" }));

function tidy(text: string): string {
  return text
    .replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
      if (name !== undefined) return entities.get(name) ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    })
    .split("\n")
    .map((line) => line.replaceAll(/[^\S\n]+/g, " ").trim())
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}
