import type { Rule } from "./operation.ts";

/** Each operation has one tag, and the document describes it: operations of a tag are one group of handlers in the server. */
export function everyOperationHasTag(): Rule {
  let known = new Set<string>();
  return {
    Root: {
      enter({ tags = [] }) {
        known = new Set(tags.map(({ name }) => name));
      },
    },
    Operation: {
      enter({ tags = [] }, context) {
        const [tag] = tags;
        if (tag === undefined || tags.length > 1) context.report({ message: `An operation has one tag, not ${tags.length}.` });
        else if (!known.has(tag)) context.report({ message: `The document does not describe the tag \`${tag}\`.`, location: context.location.child(["tags", 0]) });
      },
    },
  };
}
