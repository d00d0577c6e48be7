import pino from "pino";
import { createAnswerCheck } from "../../server/http/check-answer.ts";
import { createSecretMask } from "../../server/secrets.ts";
import { startMock } from "../../server/start-mock.ts";

interface TestMock {
  url: string;
  /** Throws when an answer was off the contract. */
  close(): Promise<void>;
}

/** `openclaw mock` in this process, on a port of the system's choice; every answer is checked against the contract. */
export async function startTestMock(token: string | null = null): Promise<TestMock> {
  const violations: string[] = [];
  const log = pino({ level: "silent" });
  const { url, stop } = await startMock({ host: "127.0.0.1", port: 0, token, log, mask: createSecretMask([]), checkAnswer: createAnswerCheck(violations) });
  return {
    url,
    async close() {
      await stop();
      if (violations.length > 0) throw new Error(`answers off the contract:\n${violations.join("\n")}`);
    },
  };
}
