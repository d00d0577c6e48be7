import { readFile, writeFile } from "node:fs/promises";
import { packageFile } from "../../package-files.ts";
import { failing } from "./failing.ts";

/** `openclaw config schema`: the JSON Schema of the settings file. */
export function printSchema({ output }: { output?: string }): Promise<number> {
  return failing(async () => {
    const text = await readFile(packageFile("generated/settings.schema.json"), "utf8");
    if (output === undefined) process.stdout.write(text);
    else await writeFile(output, text);
  });
}
