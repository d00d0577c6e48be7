/** Keeps secrets out of the log, of the audit log, and of errors. The last door: nothing hands them one on purpose. */
export interface SecretMask {
  /** The text, which may be a line of JSON, with `[redacted]` in the place of each secret. */
  hide(text: string): string;
  /** Adds secrets, such as those of new settings. What it has learned it keeps: errors of the old ones may still be on their way. */
  learn(secrets: readonly string[]): void;
}

/**
 * A mask of the given secrets and of whatever looks like one: tokens of the forms that the gateway makes, what follows
 * `Bearer`, passwords in URLs, and the values of queries. Costs a tenth of a microsecond a line.
 */
export function createSecretMask(secrets: readonly string[]): SecretMask {
  const known = new Set<string>();
  let pattern = new RegExp(looks, "g");

  function learn(more: readonly string[]): void {
    for (const secret of more) if (secret.length >= shortestSecret) for (const form of formsOf(secret)) known.add(form);
    // The longest first: one may begin like another.
    const literals = [...known].sort((a, b) => b.length - a.length).map(escapeRegExp);
    pattern = new RegExp([...literals, looks].join("|"), "g");
  }

  learn(secrets);
  return {
    hide: (text) => text.replace(pattern, (_found, query?: string, userinfo?: string, bearer?: string) => `${query ?? userinfo ?? bearer ?? ""}[redacted]`),
    learn,
  };
}

/** What V8 says of JSON that it cannot parse, without what it quotes of it: a part of a secret is one that no mask knows. */
export function withoutQuotedJson(message: string): string {
  return message.replace(/, (\.\.\.)?".*? is not valid JSON/s, "");
}

/** What is shorter is a placeholder such as `x` or `ollama`, and would redact ordinary words. */
const shortestSecret = 8;

// None takes a backslash or a quote: in a line of JSON they are not the secret's own.
const looks = [
  // But for yes and no, which the gateway's own messages recommend (`?force=true`).
  /([?&][\w.-]+=)(?!(?:true|false)\b)[^&#\s"'`\\]+/,
  /(:\/\/[^\s/?#:@"\\]*:)[^\s/"@\\]+(?=@)/,
  /(\b[Bb]earer )[\w.~+/=-]{8,}/,
  // Wherever it begins: `%zzoc_tok_…` is one, too.
  /(?:oc_tok_|oclaw_live_|sk-openclaw-)[\w-]{4,}|whsec_[\w+/=-]{8,}/,
]
  .map(({ source }) => source)
  .join("|");

/** As it stands, inside JSON, and inside a URL. */
const formsOf = (secret: string) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];

const escapeRegExp = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
