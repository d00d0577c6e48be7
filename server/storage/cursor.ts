import { GatewayError } from "../errors.ts";

/** Where a page of a list ended: the sort keys of its last item. */
export type Position = readonly (string | number)[];

/** The cursor that continues after a position. Opaque to clients: base64url, of JSON today. */
export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/**
 * The position in a cursor, whose parts must be of the given types.
 * Throws `bad_request` naming `/query/cursor` when the list cannot have made it.
 */
export function decodeCursor<const Shape extends readonly ("string" | "number")[]>(
  cursor: string,
  shape: Shape,
): { [Index in keyof Shape]: Shape[Index] extends "string" ? string : number } {
  const position = parse(cursor);
  const fits =
    Array.isArray(position) &&
    position.length === shape.length &&
    shape.every((type, index) => typeof position[index] === type && (type === "string" || Number.isSafeInteger(position[index])));
  if (!fits) {
    const message = "This is not a cursor that the list gave out. Begin again without it.";
    throw new GatewayError("bad_request", message, { details: { errors: [{ path: "/query/cursor", message }] } });
  }
  return position as never;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}
