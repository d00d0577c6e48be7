import { at, listAt, numberAt, textAt } from "./read.ts";

/** What a message says, in words; undefined where it says nothing, or is of a kind that is not for an agent. */
export function messageText(message: unknown): string | undefined {
  const type = textAt(message, "type");
  const write = type !== undefined && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  return write?.(at(message, type!))?.trim();
}

const kinds: Readonly<Record<string, (part: unknown) => string | undefined>> = {
  text: (part) => textAt(part, "body"),
  image: (part) => withCaption(part, "[photo]"),
  video: (part) => withCaption(part, "[video]"),
  sticker: () => "[sticker]",
  audio: (part) => (at(part, "voice") === true ? "[voice message]" : "[audio]"),
  document: (part) => withCaption(part, named("file", textAt(part, "filename"))),
  button: (part) => textAt(part, "text"),
  interactive: (part) => textAt(part, "button_reply", "title") ?? textAt(part, "list_reply", "title"),
  location: writeLocation,
  contacts: (people) => listAt(people).map(writeContact).join("\n"),
};

function withCaption(part: unknown, file: string): string {
  const caption = textAt(part, "caption");
  return caption === undefined ? file : `${caption}\n${file}`;
}

function writeLocation(part: unknown): string | undefined {
  const [latitude, longitude] = [numberAt(part, "latitude"), numberAt(part, "longitude")];
  if (latitude === undefined || longitude === undefined) return undefined;
  return named("location", [textAt(part, "name"), textAt(part, "address"), `${latitude}, ${longitude}`].filter((piece) => piece !== undefined).join(", "));
}

function writeContact(person: unknown): string {
  const phones = listAt(person, "phones").map((phone) => textAt(phone, "phone"));
  return named("contact", [textAt(person, "name", "formatted_name"), ...phones].filter((piece) => piece !== undefined).join(", "));
}

/** In one line: what people call a thing must not look like a line of its own. */
function named(kind: string, name: string | undefined): string {
  return name === undefined || name === "" ? `[${kind}]` : `[${kind}: ${name.replaceAll(/\s+/g, " ")}]`;
}
