/**
 * Writes a text so that Discord shows it letter by letter: without formatting, mentions, emoji by name, time stamps or lists. Addresses
 * of web pages stay as they are, since Discord takes a backslash in one for a part of it.
 */
export function escapePlain(text: string): string {
  return text.replace(special, (found, address: string | undefined) => address ?? (/\d/.test(found) ? found.replace(".", "\\.") : found.replace(/\S/, "\\$&")));
}

/** An address; or what opens a heading, a small print, a quote or a list at the start of a line; or what means something anywhere. */
const special = /(https?:\/\/[^\s<]+[^<.,:;"')\]\s])|^[ \t]*(?:[#>+-]|\d+\.)(?=[\s>#]|$)|[\\*_`<[]|~(?=~)|\|(?=\|)|@(?=everyone|here)|:(?=\w+:)/gm;
