import { fork } from "node:child_process";
import type { Lifetime } from "./lifetime.ts";

/** A helper process of the harness, spoken to by messages: one question, one answer. */
export interface Worker {
  pid: number;
  send(message: object): void;
  /** The next message; fails when the process ends instead. */
  next<Message>(): Promise<Message>;
}

export function forkWorker(lifetime: Lifetime, script: string): Worker {
  const child = fork(script, { detached: true, stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
  lifetime.adopt(child);
  return {
    pid: child.pid ?? 0,
    send(message) {
      child.send(message);
    },
    next<Message>() {
      return new Promise<Message>((resolve, reject) => {
        const ended = (): void => reject(new Error(`${script} ended`));
        child.once("exit", ended);
        child.once("message", (message) => {
          child.off("exit", ended);
          resolve(message as Message);
        });
      });
    },
  };
}
