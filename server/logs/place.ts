import { GatewayError } from "../errors.ts";

/** Where a line stands: which file it is in, whatever that is called by now, and at which byte it begins. */
export interface Place {
  readonly file: string;
  readonly offset: number;
}

/** A place as clients have it: `log_<file>-<offset>`. */
export function placeId(file: string, offset: number): string {
  return `log_${file}-${offset.toString(36)}`;
}

/** Throws `bad_request` on what is no place. */
export function parsePlace(id: string): Place {
  const match = /^log_([\w-]{1,64})-([\da-z]{1,10})$/.exec(id);
  if (!match) throw new GatewayError("bad_request", "This is no place in the log. Begin again without `cursor` and `Last-Event-ID`.");
  const [, file = "", offset = ""] = match;
  return { file, offset: Number.parseInt(offset, 36) };
}
