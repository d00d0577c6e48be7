/** Counts the `data:` lines of an SSE body that comes in pieces cut anywhere. */
export class EventCounter {
  count = 0;
  #tail = "\n";

  /** Adds a piece of the body and answers the count so far. */
  add(text: string): number {
    const seen = this.#tail + text;
    for (let at = seen.indexOf(mark); at !== -1; at = seen.indexOf(mark, at + mark.length)) this.count++;
    // One character less than the mark: enough to find one that is cut in two, too little to count one twice.
    this.#tail = seen.slice(1 - mark.length);
    return this.count;
  }
}

const mark = "\ndata:";
