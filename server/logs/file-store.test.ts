import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { createFileStore, type FileStoreOptions } from "./file-store.ts";
import { parsePlace } from "./place.ts";
import type { LogLine, LogStore } from "./log-store.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-log-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function storeIn(folder: string, options: Partial<FileStoreOptions> = {}) {
  const failures: string[] = [];
  const file = join(folder, "logs/gateway.log");
  const store = createFileStore({ file, maxFileBytes: 1_000, maxFiles: 5, onFailure: ({ message }) => failures.push(message), ...options });
  onTestFinished(() => store.close());
  return { store, file, failures };
}

/** A hundred bytes. */
const lineOf = (number: number) => `{"number":${number}}`.padEnd(99, " ") + "\n";
const numberIn = ({ text }: LogLine) => (JSON.parse(text) as { number: number }).number;

async function write(store: LogStore, from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number++) store.write(lineOf(number));
  await store.flush();
}

async function before(store: LogStore, id?: string): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const batch of store.before(id === undefined ? undefined : parsePlace(id))) lines.push(...batch);
  return lines;
}

/** What a follower has got so far. */
function follow(store: LogStore, id?: string) {
  const ended = new AbortController();
  const lines: LogLine[] = [];
  const done = (async () => {
    for await (const batch of store.after(id === undefined ? undefined : parsePlace(id), ended.signal)) lines.push(...batch);
  })();
  onTestFinished(async () => {
    ended.abort();
    await done;
  });
  return lines;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("a file is rotated before it is too large, and the oldest is deleted", async () => {
  const { store, file } = storeIn(temporaryFolder(), { maxFiles: 3 });
  await write(store, 1, 35);
  expect(readdirSync(join(file, "..")).sort()).toEqual(["gateway.log", "gateway.log.1", "gateway.log.2"]);
  expect([file, `${file}.1`, `${file}.2`].map((name) => statSync(name).size)).toEqual([500, 1_000, 1_000]);
  expect((await before(store)).map(numberIn)).toEqual(range(11, 35).reverse());
});

test("a line that is larger than a file may be has a file of its own", async () => {
  const { store, file } = storeIn(temporaryFolder());
  await write(store, 1, 1);
  store.write(`{"number":2,"text":"${"x".repeat(3_000)}"}\n`);
  await write(store, 3, 3);
  expect([file, `${file}.1`, `${file}.2`].map((name) => readFileSync(name, "utf8").split("\n").length)).toEqual([2, 2, 2]);
  expect((await before(store)).map(numberIn)).toEqual([3, 2, 1]);
});

test("other limits hold from the next line on", async () => {
  const { store, file } = storeIn(temporaryFolder());
  await write(store, 1, 45);
  store.use({ maxFileBytes: 200, maxFiles: 2 });
  await write(store, 46, 50);
  expect(readdirSync(join(file, "..")).sort()).toEqual(["gateway.log", "gateway.log.1"]);
  expect((await before(store)).map(numberIn)).toEqual([50, 49, 48]);
});

test("lines are read from before any of them, whatever its file is called by then", async () => {
  const { store } = storeIn(temporaryFolder());
  await write(store, 1, 25);
  const all = await before(store);
  const place = all[7]!.id;
  await write(store, 26, 35);
  expect((await before(store, place)).map(numberIn)).toEqual(range(1, 17).reverse());
  // As many files later there is nothing left before it.
  await write(store, 36, 90);
  expect(await before(store, place)).toEqual([]);
});

test("lines longer than a block are read, and those that nobody could keep in memory are cut", async () => {
  const { store } = storeIn(temporaryFolder(), { maxFileBytes: 1e8 });
  await write(store, 1, 1);
  store.write(`{"number":2,"text":"${"é".repeat(150_000)}"}\n`);
  store.write(`{"number":3,"text":"${"x".repeat(5_000_000)}"}\n`);
  await write(store, 4, 4);
  const whole = (await before(store)).filter(({ text }) => text.endsWith("}") || text.endsWith(" "));
  expect(whole.filter(({ text }) => text.startsWith("{")).map(({ text }) => text.slice(0, 11))).toEqual(expect.arrayContaining(['{"number":4', '{"number":2', '{"number":1']));
  expect(Math.max(...(await before(store)).map(({ text }) => text.length))).toBeLessThan(2_200_000);
});

test("a line that was cut off spoils no other, and one that has no end yet is not read", async () => {
  const folder = temporaryFolder();
  const first = storeIn(folder);
  await write(first.store, 1, 2);
  await first.store.close();
  appendFileSync(first.file, '{"number":3');
  expect((await before(first.store)).map(numberIn)).toEqual([2, 1]);
  const { store } = storeIn(folder);
  await write(store, 4, 4);
  expect((await before(store)).map(({ text }) => text.trim())).toEqual(['{"number":4}', '{"number":3', '{"number":2}', '{"number":1}']);
});

test("a disk that is full is told once, and stops nobody", async () => {
  const { store, failures } = storeIn(temporaryFolder(), { file: "/dev/full" });
  for (let round = 0; round < 3; round++) await write(store, 1, 10);
  expect(failures).toEqual([expect.stringContaining("ENOSPC")]);
});

test("a folder that cannot be made is told once; once it can, lines are written, and it is said how many are lost", async () => {
  const folder = temporaryFolder();
  const { store, file, failures } = storeIn(folder);
  writeFileSync(join(folder, "logs"), "a file in the way");
  await write(store, 1, 5);
  await write(store, 6, 7);
  expect(failures).toHaveLength(1);
  rmSync(join(folder, "logs"));
  await write(store, 8, 8);
  expect(readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line) as object)).toEqual([
    { level: 40, time: expect.any(Number), lines: 7, msg: "lines of the log are lost: they could not be written" },
    { number: 8 },
  ]);
});

test.each([
  ["deleted with its folder", (file: string) => rmSync(join(file, ".."), { recursive: true })],
  ["moved away", (file: string) => renameSync(file, `${file}.kept`)],
])("a file that somebody has %s is made anew within a second", async (_what, remove) => {
  const { store, file, failures } = storeIn(temporaryFolder());
  await write(store, 1, 1);
  remove(file);
  await vi.waitFor(async () => {
    await write(store, 2, 2);
    expect(readFileSync(file, "utf8")).toContain('{"number":2}');
  }, 5_000);
  expect(failures).toEqual([]);
});

test("a follower gets each line once, through rotations", async () => {
  const { store } = storeIn(temporaryFolder(), { maxFiles: 50 });
  await write(store, 1, 5);
  const lines = follow(store);
  await vi.waitFor(async () => {
    store.write(lineOf(0));
    await store.flush();
    expect(lines.length).toBeGreaterThan(0);
  });
  for (let from = 6; from <= 66; from += 15) await write(store, from, from + 14);
  await vi.waitFor(() => expect(lines.map(numberIn).filter((number) => number > 0)).toEqual(range(6, 80)), 5_000);
});

test("a follower goes on behind a line, in an older file too, and with the oldest when that is gone", async () => {
  const { store } = storeIn(temporaryFolder());
  await write(store, 1, 25);
  const { id } = (await before(store)).find((line) => numberIn(line) === 8)!;
  const lines = follow(store, id);
  await vi.waitFor(() => expect(lines.map(numberIn)).toEqual(range(9, 25)), 5_000);
  await write(store, 26, 80);
  const late = follow(store, id);
  await vi.waitFor(() => expect(late.map(numberIn)).toEqual(range(31, 80)), 5_000);
});

test("a file that somebody empties goes on with what is written then", async () => {
  const { store, file } = storeIn(temporaryFolder());
  await write(store, 1, 5);
  const lines = follow(store, (await before(store))[0]!.id);
  truncateSync(file);
  await write(store, 6, 7);
  await vi.waitFor(() => expect(lines.map(numberIn)).toEqual([6, 7]), 5_000);
});

test("only the owner of the process can read it", async () => {
  const { store, file } = storeIn(temporaryFolder());
  await write(store, 1, 1);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
});
