import { readFile, writeFile } from "node:fs/promises";
import { failing } from "./failing.ts";

const schema = new URL("../../../generated/settings.schema.json", import.meta.url);

/** `openclaw config schema`: the JSON Schema of the settings file. */
export function printSchema({ output }: { output?: string }): Promise<number> {
  return failing(async () => {
    const text = await readFile(schema, "utf8");
    if (output === undefined) process.stdout.write(text);
    else await writeFile(output, text);
  });
}
