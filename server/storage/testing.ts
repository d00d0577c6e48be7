import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Database, openDatabase } from "./database.ts";

// What the tests of the stores share. Everything is taken away when the test that asked for it ends.

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-storage-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An open database: in memory, or at a URL. */
export async function temporaryDatabase(url = "sqlite::memory:"): Promise<Database> {
  const database = await openDatabase(url);
  onTestFinished(() => database.close());
  return database;
}
