/** What Telegram makes of a text in its HTML (https://core.telegram.org/bots/api#html-style): what is seen, or what it says when it refuses. */
export function readHtml(html: string): { text: string } | { refusal: string } {
  const open: string[] = [];
  let text = "";
  for (const [piece] of html.matchAll(/<[^>]*>?|&(?:#\d+|#x[\da-f]+|\w+);|[^<&]+|&/gi)) {
    if (piece.startsWith("<")) {
      const [, slash, name, attributes] = /^<(\/?)([a-z-]+)((?: [a-z-]+="[^"]*")*)>$/.exec(piece) ?? [];
      if (name === undefined || !tags.has(name)) return refuse(`Unsupported start tag "${name ?? piece.slice(1, 20)}" at byte offset ${Buffer.byteLength(text)}`);
      if (slash === "/") {
        const last = open.pop();
        if (last !== name) return refuse(`Unmatched end tag at byte offset ${Buffer.byteLength(text)}, expected "</${last ?? ""}>", found "</${name}>"`);
      } else {
        if (name === "blockquote" && open.includes("blockquote")) return refuse("blockquote entities can't be nested");
        if (name === "a" && !/^ href="[^"]+"$/.test(attributes ?? "")) return refuse("a link without a target");
        open.push(name);
      }
    } else if (piece.length > 1 && piece.startsWith("&")) text += characters[piece.slice(1, -1)] ?? piece;
    else text += piece;
  }
  return open.length > 0 ? refuse(`Can't find end tag corresponding to start tag "${open.at(-1)}"`) : { text };
}

const tags = new Set(["b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler", "a", "code", "pre", "blockquote"]);
const characters: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"' };
const refuse = (reason: string) => ({ refusal: `Bad Request: can't parse entities: ${reason}` });
