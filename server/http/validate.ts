import type { ErrorObject, ValidateFunction } from "ajv";
import { GatewayError } from "../errors.ts";
import { type Fault, faultsOf } from "../schema-faults.ts";

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
