import { join } from "node:path";
import type { Lifetime } from "../lifetime.ts";
import { baseEnv, launch, type Server } from "./launch.ts";

/** Spawns the bare reference and returns at once: `answers` tells when it is up. */
export async function startReference(lifetime: Lifetime, upstreamPort: number, nodeOptions: readonly string[] = []): Promise<Server> {
  const folder = lifetime.folder();
  const script = join(import.meta.dirname, "bare-reference.ts");
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  return launch(lifetime, {
    flavour: "reference",
    command: (port) => [...nodeOptions, script, "--port", String(port), "--upstream", upstream, "--database", join(folder, "reference.db")],
    env: baseEnv(folder),
    folder,
  });
}
