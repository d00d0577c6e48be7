import type { ErrorObject } from "ajv";

/** What is wrong with one place of a value. */
export interface Fault {
  /** JSON Pointer (RFC 6901). */
  path: string;
  message: string;
}

// A hostile body can be wrong in as many places as it has members.
const mostFaults = 50;

/** What AJV found, each fault once, in words for whoever wrote the value. */
export function faultsOf(errors: readonly ErrorObject[]): Fault[] {
  const faults = new Map<string, Fault>();
  /** The words of all the lists that a value may be from. */
  const allowed = new Map<string, unknown[]>();
  for (const error of errors) {
    // What the members of an `anyOf` say is more than that none of them fits.
    if ((error.keyword === "anyOf" || error.keyword === "oneOf") && errors.length > 1) continue;
    if (error.keyword === "enum") {
      const { instancePath: path } = error;
      const values = [...(allowed.get(path) ?? []), ...(error.params["allowedValues"] as unknown[])];
      allowed.set(path, values);
      faults.set(`${path} enum`, { path, message: `must be one of ${values.map((value) => JSON.stringify(value)).join(", ")}` });
    } else {
      const fault = faultOf(error);
      faults.set(`${fault.path} ${fault.message}`, fault);
    }
    if (faults.size === mostFaults) break;
  }
  return [...faults.values()];
}

function faultOf({ instancePath, keyword, params, message }: ErrorObject): Fault {
  switch (keyword) {
    case "additionalProperties":
      return { path: `${instancePath}/${pointerToken(String(params["additionalProperty"]))}`, message: "is not known here" };
    case "required":
      return { path: `${instancePath}/${pointerToken(String(params["missingProperty"]))}`, message: "is required" };
    case "const":
      return { path: instancePath, message: `must be ${JSON.stringify(params["allowedValue"])}` };
    case "type":
      return { path: instancePath, message: `must be ${[params["type"]].flat().join(" or ")}` };
    case "minLength":
      return { path: instancePath, message: params["limit"] === 1 ? "must not be empty" : `must have ${params["limit"]} characters or more` };
    case "minProperties":
      return { path: instancePath, message: "must not be empty" };
    case "pattern":
      // A text of blanks alone; other patterns say what they want.
      return { path: instancePath, message: params["pattern"] === "\\S" ? "must not be empty" : (message ?? "does not fit the contract") };
    default:
      return { path: instancePath, message: message ?? "does not fit the contract" };
  }
}

/** RFC 6901. */
function pointerToken(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
