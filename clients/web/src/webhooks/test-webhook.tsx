import { useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { Notice } from "../parts/notice.tsx";
import { useAction } from "../parts/use-action.ts";

/** Sends an event now that is in no log, and says what came of it. */
export function TestWebhook({ webhookId }: { webhookId: string }) {
  const { gateway } = useAccount();
  const { isRunning, error, run } = useAction();
  const [result, setResult] = useState<Schemas["WebhookTestResult"]>();
  const test = () =>
    run(async () => {
      setResult(undefined);
      setResult(await dataOf(gateway.api.POST("/api/v1/webhooks/{webhookId}/test", { params: { path: { webhookId } }, ...gateway.via })));
    });
  return (
    <div class="row">
      <button type="button" class="primary" disabled={isRunning} onClick={() => void test()}>
        Send a test
      </button>
      <p role="status">
        {isRunning && <span class="muted">It is called…</span>}
        {result?.delivered && (
          <>
            <span class="badge good">delivered</span> It answered {result.status} in {result.durationMs} ms.
          </>
        )}
        {result && !result.delivered && (
          <>
            <span class="badge bad">not delivered</span> {result.error}
          </>
        )}
      </p>
      {error !== undefined && <Notice error={error} />}
    </div>
  );
}
