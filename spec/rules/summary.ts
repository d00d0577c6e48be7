import type { Rule } from "./operation.ts";

const longest = 60;

/** Each operation has a summary that fits a line of the reference's menu, without a full stop. */
export function everyOperationHasSummary(): Rule {
  return {
    Operation: {
      enter({ summary }, context) {
        if (!summary?.trim()) context.report({ message: "An operation has a summary: add `@summary(…)`." });
        else if (summary.length > longest || summary.endsWith(".")) {
          context.report({ message: `A summary has at most ${longest} characters and no full stop.`, location: context.location.child(["summary"]) });
        }
      },
    },
  };
}
