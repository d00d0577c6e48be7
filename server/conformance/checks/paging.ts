import type { CallRequest } from "../caller.ts";
import type { Operation } from "../contract.ts";
import { requiredQuery } from "../requests.ts";
import { Skipped, type Trial } from "../trials.ts";
import type { CheckContext } from "./context.ts";

/** So many pages of a list are read at the most. */
const mostPages = 8;
const enough = 3;

/** What is in the list anyway may change in the meantime: then it is looked at again. */
const mostAttempts = 3;

interface Page {
  ids: string[];
  nextCursor: string | undefined;
}

/** Page by page a list has what it has at once, each once. Objects of the tests' own are added to a list that is too short. */
export async function checkPaging(context: CheckContext, operation: Operation): Promise<void> {
  if (!operation.parameters.some(({ name }) => name === "cursor")) return;
  await context.trial(operation, "paging", "page by page", async (trial) => {
    if (context.isStateless) throw new Skipped("a server without state has examples in its lists");
    // Each request is in the log that is being read.
    if (operation.operationId === "listLogs") throw new Skipped("the log grows with each request");
    const request: CallRequest = { path: await context.world.path(operation), query: requiredQuery(operation) };
    const page = async (limit: number, cursor?: string) => readPage(trial, operation, { ...request, query: { ...request.query, limit: String(limit), ...(cursor !== undefined && { cursor }) } });
    for (let missing = enough - (await page(100)).ids.length; missing > 0; missing--) if (!(await context.world.add(operation.operationId))) break;
    if ((await page(100)).ids.length < 2) throw new Skipped("the list has fewer than two items");

    for (let attempt = 1; ; attempt++) {
      const before = (await page(100)).ids;
      const limit = Math.max(1, Math.ceil(before.length / (mostPages - 1)));
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const { ids, nextCursor } = await page(limit, cursor);
        if (ids.length > limit) return report(`at most ${limit} items a page`, `${ids.length}`);
        if (ids.length === 0 && nextCursor !== undefined) return report("no nextCursor behind the last item", "a page without items that has one");
        paged.push(...ids);
        cursor = nextCursor;
      } while (cursor !== undefined && paged.length < before.length);
      const after = new Set((await page(100)).ids);
      const double = paged.find((id, index) => paged.indexOf(id) !== index);
      const missing = before.find((id) => after.has(id) && !paged.includes(id));
      if (double === undefined && missing === undefined) return;
      if (attempt < mostAttempts) continue;
      return report(double === undefined ? `${missing}, which is in the whole list` : `${double} once`, double === undefined ? "no page has it" : "it comes twice");

      async function report(expected: string, got: string): Promise<void> {
        trial.fault("paging", await trial.call(operation.operationId, { ...request, query: { ...request.query, limit: String(limit) } }), expected, got);
      }
    }
  });
}

async function readPage(trial: Trial, { operationId }: Operation, request: CallRequest): Promise<Page> {
  const exchange = await trial.callFor([200], operationId, request);
  const { nextCursor, ...members } = JSON.parse(exchange.text) as { nextCursor?: string };
  const items = Object.values(members).find((member) => Array.isArray(member)) as { id?: string; name?: string }[] | undefined;
  return { ids: (items ?? []).map((item) => item.id ?? item.name ?? JSON.stringify(item)), nextCursor };
}
