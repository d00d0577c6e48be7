import { redact } from "../../settings/redact.ts";
import { failing } from "./failing.ts";
import { getAt, parsePath } from "./path.ts";
import { readSource } from "./source.ts";

/** `openclaw config get`: what the file says, with its `${NAME}`s, secrets left out. 1 when it says nothing there. */
export function get(path: string | undefined, { config, json = false }: { config?: string; json?: boolean }): Promise<number> {
  return failing(async () => {
    const { value } = await readSource(config);
    // As a whole, since what is secret is known by its name.
    const found = getAt(redact(value), path === undefined ? [] : parsePath(path));
    console.log(typeof found === "string" && !json ? found : JSON.stringify(found, null, 2));
  });
}
