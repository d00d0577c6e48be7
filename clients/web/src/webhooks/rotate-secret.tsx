import { useState } from "preact/hooks";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Notice } from "../parts/notice.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { ShownSecret } from "../parts/shown-secret.tsx";
import { useAction } from "../parts/use-action.ts";
import { secretAdvice, type Webhook } from "./webhook.ts";

const overlaps = { "0": "It ends at once", "3600": "One hour", "86400": "One day", "604800": "Seven days" };

/** Gives a webhook another secret, and shows it once. */
export function RotateSecret({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { gateway } = useAccount();
  const { isRunning, error, run } = useAction();
  const [overlap, setOverlap] = useState<keyof typeof overlaps>("86400");
  const [secret, setSecret] = useState<string>();
  const rotate = () =>
    run(async () => {
      const params = { path: { webhookId: webhook.id } };
      setSecret((await dataOf(gateway.api.POST("/api/v1/webhooks/{webhookId}/rotate-secret", { params, body: { overlapSeconds: Number(overlap) }, ...gateway.via }))).secret);
    });

  if (secret !== undefined) return <ShownSecret of={webhook.url} secret={secret} advice={secretAdvice} onClose={onClose} />;
  return (
    <Dialog title="Rotate the secret?" onClose={onClose}>
      <p>What is sent from now on is signed with a new secret; for a while with the old one as well, in the header webhook-signature.</p>
      <SelectField label="How long does the old one still sign along?" options={overlaps} value={overlap} onValue={setOverlap} />
      {error !== undefined && <Notice error={error} />}
      <div class="dialog-foot">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="primary" disabled={isRunning} onClick={() => void rotate()}>
          Rotate secret
        </button>
      </div>
    </Dialog>
  );
}
