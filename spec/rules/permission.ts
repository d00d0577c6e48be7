import type { Rule } from "./operation.ts";

const form = /^(none|any|[a-z]+:[a-z]+)$/;

/** Each operation names what a key must hold: the server authorizes by it, and a route without one cannot be served. */
export function everyOperationHasPermission(): Rule {
  return {
    Operation: {
      enter(operation, context) {
        const permission = operation["x-permission"];
        if (permission === undefined) context.report({ message: "An operation names its permission: add `@permission(…)`." });
        else if (!form.test(permission)) context.report({ message: `A permission is \`none\`, \`any\` or \`resource:verb\`, not \`${permission}\`.`, location: context.location.child(["x-permission"]) });
      },
    },
  };
}
