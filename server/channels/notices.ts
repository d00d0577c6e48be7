import { contextLengthExceeded, type ErrorCode, type GatewayError } from "../errors.ts";

// What people in chats are told by the gateway itself. Short, and never what is inside.

export const greeting = "Hello! Write to me, and I answer. /new begins a new conversation.";

export const begunAnew = "A new conversation has begun. What was said before is forgotten.";

export const tooManyWaiting = "You are writing faster than I can answer. What you write now I cannot take: please send it again once I have answered.";

export const interrupted = "I was interrupted before I could answer. Please send your message again.";

export const noAnswer = "I have no answer to that. Please put it another way.";

export const notAdmitted = (userId: string) => `I may not talk to you yet. Ask whoever runs me to let you in: your id is ${userId}`;

export const waitsForApproval = (tool: string, runId: string) => `I want to use ${tool}, and wait until that is approved (run ${runId}).`;

/** A turn that has come to nothing. */
export function failureNotice(error: Pick<GatewayError, "code" | "details">): string {
  if (error.details["reason"] === contextLengthExceeded) return "This is too long for me. Please send a shorter message, or begin anew with /new.";
  return byCode[error.code] ?? "Something went wrong, and I could not answer. Please try again; whoever runs me finds the reason in the log.";
}

const unavailable = "I cannot answer at the moment. Please try again in a few minutes.";

const byCode: Partial<Record<ErrorCode, string>> = {
  rate_limited: "I have reached my limit for now. Please try again later.",
  cancelled: "The answer was cancelled.",
  provider_error: unavailable,
  service_unavailable: unavailable,
  timeout: unavailable,
  payload_too_large: "This is too long for me. Please send a shorter message.",
};
