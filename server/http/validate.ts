import type { ErrorObject, ValidateFunction } from "ajv";
import { GatewayError } from "../errors.ts";

export interface Fault {
  path: string;
  message: string;
}

/**
 * Checks a value against one validator, or against those of a union's members: the first that fits wins, and when none
 * does the faults are those of the member that it comes closest to. Fills in defaults. Throws `bad_request` with all faults.
 */
export function validate(validators: readonly ValidateFunction[], value: unknown): void {
  let closest: readonly ErrorObject[] | undefined;
  for (const validator of validators) {
    if (validator(value)) return;
    const errors = validator.errors ?? [];
    if (!closest || errors.length < closest.length) closest = errors;
  }
  throw badRequest(faultsOf(closest ?? []));
}

/** `bad_request` that lists the faults and says the first in its message. */
export function badRequest(faults: readonly Fault[]): GatewayError {
  const [first] = faults;
  const rest = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  return new GatewayError("bad_request", first ? `${first.path || "The body"} ${first.message}${rest}.` : "The request does not fit the contract.", {
    details: { errors: faults },
  });
}

// A hostile body can be wrong in as many places as it has members.
const mostFaults = 50;

function faultsOf(errors: readonly ErrorObject[]): Fault[] {
  const faults = new Map<string, Fault>();
  for (const error of errors) {
    // What the members of an `anyOf` say is more than that none of them fits.
    if ((error.keyword === "anyOf" || error.keyword === "oneOf") && errors.length > 1) continue;
    const fault = faultOf(error);
    faults.set(`${fault.path} ${fault.message}`, fault);
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
    case "enum":
      return { path: instancePath, message: `must be one of ${(params["allowedValues"] as unknown[]).map((value) => JSON.stringify(value)).join(", ")}` };
    case "const":
      return { path: instancePath, message: `must be ${JSON.stringify(params["allowedValue"])}` };
    case "type":
      return { path: instancePath, message: `must be ${[params["type"]].flat().join(" or ")}` };
    case "minLength":
      return { path: instancePath, message: params["limit"] === 1 ? "must not be empty" : `must have ${params["limit"]} characters or more` };
    case "minProperties":
      return { path: instancePath, message: "must not be empty" };
    default:
      return { path: instancePath, message: message ?? "does not fit the contract" };
  }
}

/** RFC 6901. */
function pointerToken(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
