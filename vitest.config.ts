import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{server,spec,clients,contract-tests,examples}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    globalSetup: ["contract-tests/coverage/global-setup.ts"],
    // As many as there are cores, and not one less as by default: much of what tests do is waiting for programs they started.
    maxWorkers: availableParallelism(),
    // Tests start servers and programs of their own; on a busy machine that takes its time.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
