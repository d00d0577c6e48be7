import { everyOperationHasErrorFace } from "./error-face.ts";
import { everyOperationHasExample } from "./example.ts";
import { everyOperationHasPermission } from "./permission.ts";
import { everyOperationHasSummary } from "./summary.ts";
import { everyOperationHasTag } from "./tag.ts";

/**
 * Our own rules about the contract, as a plugin of Redocly's linter: `redocly.yaml` switches them on as `openclaw/…`.
 * Redocly takes a plugin's default export and nothing else.
 */
// oxlint-disable-next-line import/no-default-export
export default function openclaw() {
  return {
    id: "openclaw",
    rules: {
      oas3: {
        "every-operation-has-permission": everyOperationHasPermission,
        "every-operation-has-example": everyOperationHasExample,
        "every-operation-has-error-face": everyOperationHasErrorFace,
        "every-operation-has-summary": everyOperationHasSummary,
        "every-operation-has-tag": everyOperationHasTag,
      },
    },
  };
}
