import type { CallOptions } from "./call-options.ts";
import type { Connection } from "./connection.ts";
import type { ItemOf, ListId, Parameters } from "./contract.ts";

/** Everything that a list has, page after page, each asked for when the loop gets there. */
export async function* listAll<Operation extends ListId>({ call }: Pick<Connection, "call">, operation: Operation, ...[input, options]: Parameters<Operation, CallOptions>): AsyncGenerator<ItemOf<Operation>, void, undefined> {
  const askFor = call as (operation: ListId, input: object, options?: CallOptions) => Promise<{ nextCursor?: string }>;
  const { query, ...rest } = (input ?? {}) as { query?: object };
  // The log of events goes on behind any event: its cursor is one.
  const cursorName = operation === "listEvents" ? "after" : "cursor";
  let cursor: string | undefined;
  do {
    const page = await askFor(operation, { ...rest, query: { ...query, ...(cursor === undefined ? {} : { [cursorName]: cursor }) } }, options);
    // A page has one list.
    yield* Object.values<unknown>(page).find(Array.isArray) as ItemOf<Operation>[];
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
