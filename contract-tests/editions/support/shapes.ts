import { expect } from "vitest";

/** Matchers for members whose value is not known beforehand. */
export const aString: unknown = expect.any(String);
export const aNumber: unknown = expect.any(Number);
export const anInstant: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
export const anId = (prefix: string): unknown => expect.stringMatching(new RegExp(`^${prefix}_[A-Za-z0-9._-]+$`));
export const containing = (text: string): unknown => expect.stringContaining(text);
