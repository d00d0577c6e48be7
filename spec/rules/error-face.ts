import { answersOf, pathOf, type Rule } from "./operation.ts";

/** Each error is answered in the face of its route family, as JSON: `/api/v1/openai/*`, `/api/*` without `v1`, all else. */
export function everyOperationHasErrorFace(): Rule {
  return {
    Operation: {
      enter(operation, context) {
        const expected = faceOf(pathOf(context));
        for (const [status, answer] of answersOf(operation, context)) {
          if (!/^[45]/.test(status)) continue;
          const found = answer.content?.["application/json"]?.schema?.$ref;
          if (found?.endsWith(`/${expected}`) && Object.keys(answer.content ?? {}).length === 1) continue;
          context.report({ message: `The answer ${status} of this route family is \`${expected}\` as application/json.`, location: context.location.child(["responses", status]) });
        }
        // What takes no key and nothing else cannot be asked wrongly, but it can still break.
        const canBeAskedWrongly = operation["x-permission"] !== "none" || operation.requestBody !== undefined || (operation.parameters ?? []).length > 0;
        const needed = canBeAskedWrongly ? ["4", "5"] : ["5"];
        for (const first of needed) {
          if (Object.keys(operation.responses ?? {}).some((status) => status.startsWith(first))) continue;
          context.report({ message: `An operation says how it fails: it has no answer ${first}xx.` });
        }
      },
    },
  };
}

function faceOf(path: string): "ApiError" | "PlainError" | "OpenaiError" {
  if (path.startsWith("/api/v1/openai/")) return "OpenaiError";
  return path.startsWith("/api/") && !path.startsWith("/api/v1/") ? "PlainError" : "ApiError";
}
