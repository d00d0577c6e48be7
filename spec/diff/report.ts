import { levels, type Change, type Level } from "./change.ts";

/** The changes for people: those that say the same of several places in one line, with its kind and whom it concerns. */
export function reportOf(changes: readonly Change[]): string {
  const parts = levels.flatMap((level) => {
    const found = changes.filter((change) => change.level === level);
    if (found.length === 0) return [];
    return [`${titles[level]} (${found.length})`, ...sentencesOf(found, most).map(({ text, kind, operations }) => `  ${text}\n      ${kind}: ${some(operations, most)}`), ""];
  });
  return parts.join("\n");
}

/**
 * The section of CHANGELOG.md: what clients must know first, then what is new, then what goes away, then all else. Changes of
 * the wording are left out. Empty without any other.
 */
export function changelogOf(changes: readonly Change[]): string {
  const rank = ({ level, kind }: Change) => (level === "breaking" ? 0 : kind === "operation-added" ? 1 : /deprecated|sunset/.test(kind) ? 2 : 3);
  const told = changes.filter(({ level }) => level !== "documentation");
  const groups = [0, 1, 2, 3].flatMap((wanted) => sentencesOf(told.filter((change) => rank(change) === wanted), Infinity));
  return groups.map(({ text, level }) => wrap(`- ${level === "breaking" ? "**Breaking:** " : ""}${text}.`)).join("");
}

/** Of places, and of operations, in one line. */
const most = 6;

const titles: Record<Level, string> = { breaking: "Breaking", compatible: "Compatible", documentation: "Documentation" };

interface Sentence extends Pick<Change, "kind" | "level" | "operations"> {
  text: string;
}

function sentencesOf(changes: readonly Change[], mostPlaces: number): Sentence[] {
  // An event of a stream may be in a list, too, as a variant: that is one thing to tell.
  return [...Map.groupBy(changes, ({ side, says }) => `${side} ${says}`).values()].map((alike) => {
    const places = [...new Set(alike.map((change) => `\`${change.place}\``))];
    const { kind, level, side, says, place } = alike[0]!;
    // Of a place in a schema it must be said where the schema is meant; an operation's place tells.
    const where = side === null || place.includes(" ") ? "" : side === "request" ? " in requests" : " in answers";
    return { kind, level, text: `${some(places, mostPlaces)}${places.length > 1 ? ":" : ""} ${says}${where}`, operations: [...new Set(alike.flatMap(({ operations }) => operations))].sort() };
  });
}

/** The first ones, and how many more there are. */
function some(names: readonly string[], most: number): string {
  return names.slice(0, most).join(", ") + (names.length > most ? ` and ${names.length - most} more` : "");
}

/** As lines of a list in Markdown. */
const wrap = (text: string): string => `${text.replaceAll(/(.{1,130})(?: |$)/g, "$1\n  ").trimEnd()}\n`;
