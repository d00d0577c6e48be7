import { useState } from "preact/hooks";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Notice } from "../parts/notice.tsx";
import { useAction } from "../parts/use-action.ts";
import type { Key, NewKey } from "./key.ts";

const graces = { "0": "It ends at once", "3600": "One hour", "86400": "One day", "604800": "Seven days" };

export function RotateKey({ value: key, onClose, onMade }: { value: Key; onClose: () => void; onMade: (made: NewKey) => void }) {
  const { gateway } = useAccount();
  const { isRunning, error, run } = useAction();
  const [grace, setGrace] = useState("86400");

  const rotate = () =>
    run(async () => {
      const { id: keyId } = key;
      onMade(await dataOf(gateway.api.POST("/api/v1/keys/{keyId}/rotate", { params: { path: { keyId } }, body: { graceSeconds: Number(grace) }, ...gateway.via })));
    });

  return (
    <Dialog title={`Rotate “${key.label}”?`} onClose={onClose}>
      <p>A new key like it is made, with a new secret. Put that where the old one is, before the old one ends.</p>
      <div class="field">
        <label for="grace">How long does the old one still work?</label>
        <select id="grace" value={grace} onChange={(event) => setGrace(event.currentTarget.value)}>
          {Object.entries(graces).map(([seconds, text]) => (
            <option key={seconds} value={seconds}>
              {text}
            </option>
          ))}
        </select>
      </div>
      {error !== undefined && <Notice error={error} />}
      <div class="dialog-foot">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="primary" disabled={isRunning} onClick={() => void rotate()}>
          Rotate key
        </button>
      </div>
    </Dialog>
  );
}
