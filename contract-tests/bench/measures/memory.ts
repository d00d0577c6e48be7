import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createSqliteFullText } from "../../../server/memory/full-text.ts";
import { createMemoryStore } from "../../../server/memory/store.ts";
import { openDatabase } from "../../../server/storage/database.ts";
import { HttpConnection } from "../load/connection.ts";
import { post } from "../requests.ts";
import { percentile } from "../statistics.ts";
import type { Bench } from "./bench.ts";

/**
 * What a search of a full memory takes, as a client sees it. The reference remembers nothing, and so has no figures.
 *
 * The texts are 12 to 41 words, drawn from 20,000 as in a language: the commonest is in four of five entries, most are rare. A query
 * is three words of one entry and a common one.
 */
export async function measureMemory(bench: Bench): Promise<void> {
  const folder = bench.lifetime.folder();
  const random = createRandom();
  await fill(folder, random);
  const server = await bench.startGateway("embedded", folder);
  await server.answers("/readyz");
  const connection = await HttpConnection.open(server.port);
  const ask = async (path: string, body: object): Promise<number> => {
    const began = performance.now();
    let text = "";
    const status = await connection.exchange(post(server.port, path, body), (part) => (text += part));
    if (status >= 300 || text.includes('"results":[]')) throw new Error(`${path} answered ${status}: ${text.slice(0, 400)}`);
    return performance.now() - began;
  };

  const search = () => ask("/api/v1/memory/search", { query: [...words(random, 3), commonWord].join(" "), workspace: "default" });
  const save = () => ask("/api/v1/memory", { text: textOf(random) });
  for (const [id, label, action] of [["search", "search", search], ["save", "save", save]] as const) {
    for (let index = 0; index < 50; index++) await action();
    const times: number[] = [];
    for (let index = 0; index < 300; index++) times.push(await action());
    for (const percent of [50, 99]) {
      bench.figures.record({ id: `memory/${id}-p${percent}`, group: `Memory of ${entries.toLocaleString("en")} entries`, label: `${label}, p${percent}`, unit: "ms" }, "gateway", percentile(times, percent));
    }
  }
  connection.close();
  await server.stop();
}

const entries = 100_000;
const vocabulary = Array.from({ length: 20_000 }, (_, index) => `w${index.toString(36)}${"abcdefg".slice(0, index % 6)}`);
const commonWord = vocabulary[0]!;

/** Past the API, which would take minutes. */
async function fill(stateDir: string, random: () => number): Promise<void> {
  mkdirSync(stateDir, { recursive: true });
  const database = await openDatabase(`sqlite:${join(stateDir, "openclaw.db")}`);
  const store = createMemoryStore({ database, fullText: createSqliteFullText({ database }) });
  for (let index = 0; index < entries; index += batch) {
    const saves = Array.from({ length: batch }, (_, offset) =>
      store.save({ id: `mem_${index + offset}`, workspaceId: "default", agentId: "main", sessionId: null, source: "agent", text: textOf(random), tags: [], createdAt: Date.now() - (entries - index) * 60_000, lastUsedAt: null }, entries),
    );
    await Promise.all(saves);
  }
  await database.close();
}

const batch = 1000;

const textOf = (random: () => number): string => words(random, 12 + Math.floor(random() * 30)).join(" ");

const words = (random: () => number, count: number): string[] => Array.from({ length: count }, () => vocabulary[Math.floor(vocabulary.length ** random()) - 1]!);

/** The same numbers in every run (a linear congruential generator, the constants of ISO C's example). */
function createRandom(): () => number {
  let state = 1;
  return () => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x80000000;
}
