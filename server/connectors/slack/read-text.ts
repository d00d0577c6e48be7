/**
 * What a person wrote, out of Slack's markup: without the mention of the bot, other people and channels by their names,
 * links as they were written, and the three escaped characters as they are.
 * See https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages.
 */
export async function readText(markup: string, botUserId: string, userName: (id: string) => Promise<string>): Promise<string> {
  const names = new Map<string, string>();
  const others = [...markup.matchAll(/<@([A-Z0-9]+)>/g)].map(([, id = ""]) => id).filter((id) => id !== botUserId);
  await Promise.all(others.map(async (id) => names.set(id, await userName(id))));
  return withoutMention(markup, botUserId)
    .replaceAll(/<([^<>]+)>/g, (_whole, inner: string) => readReference(inner, names))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** `<@U1> do`, `<@U1>: do` and `do, <@U1>, this` as if nobody had been called. */
function withoutMention(markup: string, botUserId: string): string {
  const mention = String.raw`<@${botUserId}(?:\|[^<>]*)?>`;
  return markup
    .replace(new RegExp(String.raw`^\s*${mention}[,:]?\s*`), "")
    .replaceAll(new RegExp(String.raw`,?[ \t]*${mention}([,.:;!?])|[ \t]*${mention}[ \t]*`, "g"), (_whole, punctuation?: string) => punctuation ?? " ")
    .trim();
}

function readReference(inner: string, names: ReadonlyMap<string, string>): string {
  const bar = inner.indexOf("|");
  const target = bar === -1 ? inner : inner.slice(0, bar);
  const label = bar === -1 ? undefined : inner.slice(bar + 1);
  if (target.startsWith("@")) return `@${label ?? names.get(target.slice(1)) ?? target.slice(1)}`;
  if (target.startsWith("#")) return `#${label === undefined || label === "" ? target.slice(1) : label}`;
  // `<!here>`, `<!subteam^S1|@team>`, `<!date^…|then>`.
  if (target.startsWith("!")) return label ?? `@${target.slice(1)}`;
  const url = target.replace(/^(?:mailto|tel):/, "");
  return label === undefined || label === url || target === `http://${label}` ? (label ?? url) : `${label} (${url})`;
}
