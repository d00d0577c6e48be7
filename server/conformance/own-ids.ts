import { randomUUID } from "node:crypto";

const prefix = "conformance-";

/** An id that is nobody's yet, and tells whose it is once it is somebody's. */
export function freshId(): string {
  return prefix + randomUUID();
}

/** Whether an id is one that the tests have made up. */
export function isOwnId(id: unknown): id is string {
  return typeof id === "string" && id.startsWith(prefix);
}
