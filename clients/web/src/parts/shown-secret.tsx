import { CopyButton } from "./copy-button.tsx";
import { Dialog } from "./dialog.tsx";
import "./shown-secret.css";

export interface ShownSecretProps {
  /** What it belongs to. */
  of: string;
  secret: string;
  /** What to do with it. */
  advice: string;
  onClose: () => void;
}

/** A new secret, the one time that it is shown. Escape does not lose it. */
export function ShownSecret({ of, secret, advice, onClose }: ShownSecretProps) {
  return (
    <Dialog title={`The secret of “${of}”`} onClose={() => {}}>
      <p>
        <strong>It is shown only this once.</strong> {advice}
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
