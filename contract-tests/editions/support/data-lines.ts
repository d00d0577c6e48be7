/** An event as all the documents show it: JSON with a type. */
export interface DataEvent {
  type: string;
  content?: string;
  [member: string]: unknown;
}

/** What stands behind `data: ` in the lines of a stream: all that the documents' clients look at. */
export function dataLines(text: string): DataEvent[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)) as DataEvent);
}

/** The types in their order, each run of equal ones once: how much text comes in a piece is the model's affair. */
export function typesOf(events: readonly DataEvent[]): string[] {
  return events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
}

/** The pieces of text joined. */
export function textOf(events: readonly DataEvent[], type: string): string {
  return events.map((event) => (event.type === type ? (event.content ?? "") : "")).join("");
}
