import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Operation } from "./operations.ts";
import { header } from "./paths.ts";

/** `clients/operations.ts`: where each operation is and what it answers with, for the one call of the TypeScript clients that reaches them all. */
export async function writeClientOperations(operations: readonly Operation[], generated: string): Promise<void> {
  const lines = operations.filter(({ statuses }) => statuses.some((status) => status < 400)).map((operation) => `  ${operation.id}: "${wordsOf(operation)}",\n`);
  const comment = "/** Method and path of each operation; then `events` for a stream, and `text` for what is neither that nor JSON. */\n";
  await writeFile(join(generated, "clients/operations.ts"), `${header("client-operations.ts")}${comment}export const operationsById = {\n${lines.sort().join("")}} as const;\n`);
}

function wordsOf({ method, path, answers }: Operation): string {
  const mediaTypes = answers.flatMap(({ status, mediaType }) => (status < 300 ? [mediaType] : []));
  const kind = mediaTypes.length === 0 || mediaTypes.includes("application/json") ? "" : mediaTypes.includes("text/event-stream") ? " events" : " text";
  return `${method} ${path}${kind}`;
}
