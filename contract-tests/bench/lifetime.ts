import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Everything that must not outlive the bench: processes and temp folders. Children lead process groups of their own, so
 * that whatever they start goes with them, and a Ctrl-C in the terminal reaches us alone.
 */
export interface Lifetime {
  /** Takes charge of a child that was spawned with `detached: true`. */
  adopt(child: ChildProcess): void;
  /** A new temp folder. */
  folder(): string;
  /** SIGTERM, and SIGKILL if that is not enough in time. Answers whether the child went by itself. */
  end(child: ChildProcess, graceMs: number): Promise<boolean>;
  /** At once and without waiting; safe in an exit handler. */
  endAll(): void;
}

export function createLifetime(): Lifetime {
  const children = new Set<ChildProcess>();
  const folders: string[] = [];

  const endAll = (): void => {
    for (const child of children) signalGroup(child, "SIGKILL");
    children.clear();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  process.once("exit", endAll);
  for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
    process.once(signal, () => process.exit(status));
  }

  return {
    adopt(child) {
      children.add(child);
    },
    folder() {
      const folder = mkdtempSync(join(tmpdir(), "openclaw-bench-"));
      folders.push(folder);
      return folder;
    },
    async end(child, graceMs) {
      let willing = true;
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, "exit");
        const timer = setTimeout(() => {
          willing = false;
          signalGroup(child, "SIGKILL");
        }, graceMs);
        child.kill("SIGTERM");
        await exited;
        clearTimeout(timer);
      }
      // What the child itself left running.
      signalGroup(child, "SIGKILL");
      children.delete(child);
      return willing;
    },
    endAll,
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already, which is what was wanted.
  }
}
