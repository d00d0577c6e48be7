import type { Figures } from "../figures.ts";
import type { Lifetime } from "../lifetime.ts";
import type { Load } from "../load/load-process.ts";
import type { Server } from "../servers/launch.ts";
import type { Upstream } from "../servers/upstream.ts";

/** What every measure works with. */
export interface Bench {
  lifetime: Lifetime;
  upstream: Upstream;
  load: Load;
  figures: Figures;
  /** Spawns the server in the gateway's place; with the embedded model, or for a key that `storeKeys` stores, if told so, and on a given state folder. */
  startGateway(kind?: "embedded" | "stored-key", stateDir?: string): Promise<Server>;
  startReference(): Promise<Server>;
  progress(text: string): void;
  /** Something that a reader of the table should know. Said once, however often it comes. */
  note(text: string): void;
}
