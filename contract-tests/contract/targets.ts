import { afterAll, beforeAll, describe } from "vitest";
import { startMockTarget } from "./mock-target.ts";
import { startOwnMockTarget } from "./own-mock-target.ts";
import { startServerTarget, type ServerTarget, type ServerTargetOptions } from "./server-target.ts";
import type { Target } from "./target.ts";

/** Defines the same tests for both mocks and for the server: what they answer must look alike. The options are the server's. */
export function describeTargets(define: (target: Target) => void, options: ServerTargetOptions = {}): void {
  describe.each([
    { name: "mock", start: startMockTarget },
    { name: "openclaw mock", start: startOwnMockTarget },
    { name: "server", start: () => startServerTarget(options) },
  ])("$name", ({ start }) => {
    define(later(start));
  });
}

/** The server alone, for what a mock cannot know. One for all tests of the file or the `describe` around. */
export function useServer(options: ServerTargetOptions = {}): ServerTarget {
  return later(() => startServerTarget(options));
}

/** A target that is there once the tests run, to be handed to them while they are defined. */
function later<T extends Target>(start: () => Promise<T>): T {
  let started: T | undefined;
  beforeAll(async () => {
    started = await start();
  });
  afterAll(() => started?.close());
  return new Proxy({} as T, {
    get(_, name) {
      if (!started) throw new Error("the target is there in tests only");
      return started[name as keyof T];
    },
  });
}
