import { answerValidators } from "../../generated/server/answers.ts";
import type { CheckAnswer } from "./mount.ts";

/**
 * Checks each answer and each event against the contract, for tests: an answer that the contract does not have is
 * remembered, and becomes a 500.
 */
export function createAnswerCheck(violations: string[]): CheckAnswer {
  return (operationId, status, mediaType, value) => {
    const key = `${operationId} ${status} ${mediaType}`;
    const validator = answerValidators[key];
    const problem = !validator ? "the contract has no such answer" : validator(value) ? null : JSON.stringify(validator.errors);
    if (problem === null) return;
    violations.push(`${key}: ${problem}\n${JSON.stringify(value)}`);
    throw new Error(`answer off the contract: ${key}: ${problem}`);
  };
}
