import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Operation } from "./operations.ts";

/** `operations.txt`: operationId, method, path and permission, one operation a line: the promise to clients, easy to review. */
export async function writeOperationsList(operations: readonly Operation[], generated: string): Promise<void> {
  const lines = operations.map(({ id, method, path, permission }) => `${id} ${method} ${path} ${permission}\n`);
  await writeFile(join(generated, "operations.txt"), lines.sort().join(""));
}
