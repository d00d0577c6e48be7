import type { ComponentChildren } from "preact";
import { Dialog } from "./dialog.tsx";
import { Notice } from "./notice.tsx";
import { useAction } from "./use-action.ts";

export interface ConfirmProps {
  title: string;
  /** The button that does it, such as `Delete session`. */
  verb: string;
  /** What will be lost. */
  children: ComponentChildren;
  /** Once it is done, or given up. */
  onClose: () => void;
  action: () => Promise<unknown>;
}

/** Asks before something is lost. The way out has the focus. */
export function Confirm({ title, verb, children, onClose, action }: ConfirmProps) {
  const { isRunning, error, run } = useAction();
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      {error !== undefined && <Notice error={error} />}
      <div class="dialog-foot">
        <button type="button" autofocus onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="danger" disabled={isRunning} onClick={() => void run(action).then((isDone) => isDone && onClose())}>
          {verb}
        </button>
      </div>
    </Dialog>
  );
}
