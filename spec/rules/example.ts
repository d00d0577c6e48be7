import { answersOf, type MediaType, type Rule } from "./operation.ts";

/**
 * Each operation shows at least one body, of its request or of a good answer: the mock answers from it and the reference
 * shows it. One that has neither, such as a DELETE with 204, has nothing to show.
 */
export function everyOperationHasExample(): Rule {
  return {
    Operation: {
      enter(operation, context) {
        const good = answersOf(operation, context).filter(([status]) => status.startsWith("2"));
        const bodies = [operation.requestBody, ...good.map(([, answer]) => answer)].flatMap((part) => Object.entries(part?.content ?? {}));
        // A stream's examples stand beside the contract, in spec/streams: OpenAPI has no form for them.
        const shown = bodies.filter(([mediaType]) => mediaType !== "text/event-stream");
        if (shown.length > 0 && !shown.some(([, body]) => hasExample(body))) context.report({ message: "An operation has an example of its request or of its answer: add an `@opExample`." });
      },
    },
  };
}

function hasExample({ example, examples }: MediaType): boolean {
  return example !== undefined || Object.keys(examples ?? {}).length > 0;
}
