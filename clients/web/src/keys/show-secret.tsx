import { CopyButton } from "../parts/copy-button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import type { NewKey } from "./key.ts";

/** The secret of a new key, the one time that there is. Escape does not lose it. */
export function ShowSecret({ value: { label, secret }, onClose }: { value: NewKey; onClose: () => void }) {
  return (
    <Dialog title={`The secret of “${label}”`} onClose={() => {}}>
      <p>
        <strong>It is shown only this once.</strong> Keep it where its program finds it.
      </p>
      <p class="secret mono">{secret}</p>
      <div class="dialog-foot">
        <CopyButton text={secret} label="Copy secret" />
        <button type="button" class="primary" onClick={onClose}>
          I have kept it
        </button>
      </div>
    </Dialog>
  );
}
