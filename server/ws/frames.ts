import { clientFrame, type Frames } from "../../generated/server/frames.ts";
import { GatewayError } from "../errors.ts";
import { validate } from "../http/validate.ts";

export type ClientFrame = Frames["ClientFrame"];
export type AnswerFrame = Frames["AnswerFrame"];

/** What an answer has of the frame that it answers. */
export type Answered = { id?: string } | undefined;

/** A frame that does not fit, with the id that the client may have given it. */
export interface MisfitFrame {
  fault: GatewayError;
  answered: Answered;
}

/** Reads what a client has sent. */
export function readFrame(text: string): ClientFrame | MisfitFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: new GatewayError("bad_request", "A frame is one JSON object."), answered: undefined };
  }
  try {
    validate([clientFrame], value);
    return value as ClientFrame;
  } catch (error) {
    return { fault: GatewayError.from(error), answered: idOf(value) };
  }
}

function idOf(value: unknown): Answered {
  const { id } = (value ?? {}) as { id?: unknown };
  return typeof id === "string" && id !== "" && id.length <= 128 ? { id } : undefined;
}

/** The members that join an answer with its frame. */
export function answering(answered: Answered): { id?: string } {
  return answered?.id === undefined ? {} : { id: answered.id };
}

export function errorFrame({ code, message, details, retryAfterSeconds }: GatewayError, answered: Answered, runId?: string): AnswerFrame {
  return {
    type: "error",
    ...answering(answered),
    ...(runId === undefined ? {} : { runId }),
    payload: { code, message, details, ...(retryAfterSeconds === undefined ? {} : { retryAfter: retryAfterSeconds }) },
  };
}
