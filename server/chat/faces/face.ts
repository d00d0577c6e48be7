import type { components } from "../../../generated/server/contract.ts";
import type { TurnEvent } from "../turn-events.ts";

/** The contract's models by name. */
export type Schemas = components["schemas"];

/** What a face needs to know of the run whose events it writes. */
export interface FaceRun {
  id: string;
  messageId: string;
  sessionId: string | null;
  /** The model that answers; known from the first event on. */
  model: string;
  createdAt: number;
  faceOptions: Readonly<Record<string, unknown>>;
}

/** Writes a turn's events as one edition has them: none, one or several for each. */
export type Face<Wire> = (event: TurnEvent, run: FaceRun) => readonly Wire[];

/** The session of a run that has one. */
export function sessionOf({ sessionId }: FaceRun): string {
  return sessionId ?? "";
}
