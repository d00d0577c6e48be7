import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { OpenClawError } from "../../../typescript/sdk/src/index.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Notice } from "../parts/notice.tsx";
import { useAction } from "../parts/use-action.ts";
import { diffLines } from "./diff.ts";
import { DiffView } from "./diff-view.tsx";
import { formatJson } from "./json-text.ts";
import type { EditedSettings } from "./use-settings.ts";

/** What is wrong with the settings, and where. */
export type Fault = Schemas["ValidationFault"];

export interface ReviewChangesProps {
  settings: EditedSettings;
  /** What is to be saved. */
  reviewed: Schemas["SettingsDocument"];
  onClose: () => void;
  onFaults: (faults: readonly Fault[]) => void;
  onSaved: (change: Schemas["SettingsChange"]) => void;
}

const hints = {
  409: "Change it, or save it all the same when you are sure.",
  412: "Compare yours with the new ones before you save them.",
};

/** What will be changed, before it is. When somebody else was faster, the difference to what is there now. */
export function ReviewChanges({ settings, reviewed, onClose, onFaults, onSaved }: ReviewChangesProps) {
  const { isRunning, error, run } = useAction();
  const status = error instanceof OpenClawError ? error.status : undefined;
  const lines = diffLines(settings.version?.text ?? "", formatJson(reviewed));

  const save = (force: boolean) =>
    run(async () => {
      try {
        onSaved(await settings.save(reviewed, { force }));
      } catch (thrown) {
        const faults = faultsOf(thrown);
        if (faults.length === 0) throw thrown;
        onFaults(faults);
      }
    });

  return (
    <Dialog title="Save these changes?" onClose={onClose}>
      <DiffView lines={lines} />
      {error !== undefined && <Notice error={error} hints={hints} />}
      <div class="dialog-foot">
        <button type="button" autofocus onClick={onClose}>
          Go on editing
        </button>
        {status === 412 && (
          <button type="button" class="primary" disabled={isRunning} onClick={() => void run(() => settings.load({ keepDraft: true }))}>
            Compare with the new ones
          </button>
        )}
        {status === 409 && (
          <button type="button" class="danger" disabled={isRunning} onClick={() => void save(true)}>
            Save all the same
          </button>
        )}
        {status !== 412 && status !== 409 && (
          <button type="button" class="primary" disabled={isRunning || lines.length === 0} onClick={() => void save(false)}>
            Save settings
          </button>
        )}
      </div>
    </Dialog>
  );
}

function faultsOf(error: unknown): readonly Fault[] {
  if (!(error instanceof OpenClawError) || error.status !== 400) return [];
  return (error.details["errors"] ?? []) as readonly Fault[];
}
