import type { Folding } from "./folding.ts";

/** Notes a fault unless it is a URL over HTTP. The URL itself is not shown: it may hold a password. */
export function checkUrl(text: string, pointer: string, { fault }: Pick<Folding, "fault">): void {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  const isVariable = pointer.startsWith("$");
  if (protocol !== "http:" && protocol !== "https:") fault(pointer, `${isVariable ? "in the environment " : ""}must be a URL that begins with http:// or https://.`);
}
