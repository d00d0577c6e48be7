import type { Examination } from "./examination.ts";

/** What a check has found. A `problem` keeps something from working or lets somebody in; a `warning` may be meant. */
export interface Finding {
  level: "ok" | "warning" | "problem";
  /** One sentence, without secrets. */
  message: string;
  /** What to do about it. */
  next?: string;
}

/** Looks at one thing and changes nothing. What it throws becomes a problem. */
export type Check = (examination: Examination) => Finding[] | Promise<Finding[]>;

export const ok = (message: string): Finding => ({ level: "ok", message });
export const warning = (message: string, next: string): Finding => ({ level: "warning", message, next });
export const problem = (message: string, next: string): Finding => ({ level: "problem", message, next });
