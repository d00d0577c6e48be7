import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "../servers/launch.ts";

/**
 * Until a server is up and has collected the garbage of its start, which the gateway does once, a second later. In the middle
 * of a warm-up that would undo half of it, and what the heap takes back would be counted as the cost of what comes next.
 */
export async function untilStartIsSettled(server: Server): Promise<void> {
  await server.answers("/readyz");
  await sleep(collectionMs);
}

const collectionMs = 2000;
