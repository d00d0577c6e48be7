import { badRequest } from "../http/validate.ts";
import type { MockRequest } from "./choose.ts";
import type { OperationExamples } from "./examples.ts";

/**
 * An example as an answer to this very request: what the path names is named again, and members of the body that the answer
 * has as well stand in it. Where that would leave the contract, the example stays as it is.
 */
export function echo(example: unknown, { parameters }: Pick<OperationExamples, "parameters">, { path, query, body }: MockRequest, isRight: (answer: unknown) => boolean): unknown {
  const given = { ...query, ...path };
  const names = Object.keys(parameters).filter((name) => typeof given[name] === "string" && given[name] !== parameters[name]);
  const texts = new Map(names.map((name) => [parameters[name]!, given[name] as string]));
  const named = texts.size === 0 ? example : withTexts(example, texts);
  const answer = isRight(named) ? named : example;
  const full = withMembers(answer, body);
  return full === answer || isRight(full) ? full : answer;
}

/** With other texts in the place of some. */
function withTexts(value: unknown, texts: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return texts.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => withTexts(item, texts));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withTexts(inner, texts)]));
}

/** With the members of the body that it has, too, and that are of the same kind. */
function withMembers(answer: unknown, body: unknown): unknown {
  if (!isObject(answer) || !isObject(body)) return answer;
  const shared = Object.entries(body).filter(([name, value]) => Object.hasOwn(answer, name) && value !== null && typeof value === typeof answer[name]);
  return shared.length === 0 ? answer : { ...answer, ...Object.fromEntries(shared) };
}

/**
 * The page of a list that `limit` and `cursor` ask for; the list is the example's, over again so many times. Throws `bad_request` on a
 * cursor that no page gave.
 */
export function pageOfExample(example: unknown, { limit, cursor }: { limit?: number; cursor?: string }, times: number): unknown {
  if (!isObject(example)) return example;
  const { nextCursor: _, ...page } = example;
  const [list, ...others] = Object.entries(page).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  if (!list || others.length > 0) return example;
  const [name, shown] = list;
  const { from, pages } = cursor === undefined ? { from: 0, pages: times } : placeOf(cursor);
  const end = from + Math.min(limit ?? shown.length, shown.length);
  const items = Array.from({ length: end - from }, (_, index) => shown[(from + index) % shown.length]).slice(0, Math.max(0, shown.length * pages - from));
  return { ...page, [name]: items, ...(end < shown.length * pages && { nextCursor: `mock-${end}-${pages}` }) };
}

/** A cursor says of how many pages the list is, so that the requests for the others need not. */
function placeOf(cursor: string): { from: number; pages: number } {
  const [, from, pages] = /^mock-(\d{1,9})-(\d{1,9})$/.exec(cursor) ?? [];
  if (from === undefined) throw badRequest([{ path: "/query/cursor", message: "is not one that this list gave out" }]);
  return { from: Number(from), pages: Number(pages) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
