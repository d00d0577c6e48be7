/** The part of an operation, and of Redocly's context, that our rules look at. */
export interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  parameters?: unknown[];
  requestBody?: { content?: Record<string, MediaType> };
  responses?: Record<string, Answer | Reference>;
  "x-permission"?: string;
}

interface Answer {
  content?: Record<string, MediaType>;
}

export interface MediaType {
  schema?: Partial<Reference>;
  example?: unknown;
  examples?: Record<string, unknown>;
}

interface Reference {
  $ref: string;
}

interface RuleContext {
  report(problem: { message: string; location?: unknown }): void;
  location: { pointer: string; child(path: (string | number)[]): unknown };
  resolve(node: unknown): { node?: unknown };
}

/** What Redocly calls for each node of a kind. */
export interface Rule {
  Operation: { enter?(operation: Operation, context: RuleContext): void };
  Root?: { enter(root: { tags?: { name: string }[] }): void };
}

/** The path an operation stands at, from `#/paths/~1api~1v1~1chat/post`. */
export function pathOf({ location }: RuleContext): string {
  return (location.pointer.split("/")[2] ?? "").replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The answers of an operation by status, references followed. */
export function answersOf({ responses = {} }: Operation, context: RuleContext): [string, Answer][] {
  return Object.entries(responses).map(([status, answer]) => [status, "$ref" in answer ? ((context.resolve(answer).node ?? {}) as Answer) : answer]);
}
