import { useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { counted } from "../parts/amounts.ts";
import { Dialog } from "../parts/dialog.tsx";
import { formText } from "../parts/form-text.ts";
import { Notice } from "../parts/notice.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { TextField } from "../parts/text-field.tsx";
import { useAction } from "../parts/use-action.ts";

/** Sends a range of deliveries again. */
export function ReplayRange({ webhookId, onClose, onReplayed }: { webhookId: string; onClose: () => void; onReplayed: () => void }) {
  const { gateway } = useAccount();
  const { isRunning, error, run } = useAction();
  const [replayed, setReplayed] = useState<number>();

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const body = { status: formText(form, "status") as "dead" | "delivered", ...moment(form, "after"), ...moment(form, "until") };
    void run(async () => {
      const answer = await dataOf(gateway.api.POST("/api/v1/webhooks/{webhookId}/replay", { params: { path: { webhookId } }, body, ...gateway.via }));
      setReplayed(answer.replayed);
      onReplayed();
    });
  }

  return (
    <Dialog title="Send many again" onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <p>Each is sent with the id of its event, so that a program that has had it can tell.</p>
        <SelectField label="Which" name="status" options={{ dead: "Those that were given up", delivered: "Those that were delivered" }} value="dead" />
        <div class="form-row">
          <TextField label="Made from" name="after" type="datetime-local" hint="Of this computer’s time. Empty: all that are kept." />
          <TextField label="Made before" name="until" type="datetime-local" hint="Empty: until now." />
        </div>
        {error !== undefined && <Notice error={error} />}
        {replayed !== undefined && <p role="status">{replayed === 0 ? "There is none in this range." : `${counted(replayed, "delivery", "deliveries")} sent again.`}</p>}
        <div class="dialog-foot">
          <button type="button" onClick={onClose}>
            {replayed === undefined ? "Cancel" : "Close"}
          </button>
          <button type="submit" class="primary" disabled={isRunning}>
            Send again
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function moment<Name extends "after" | "until">(form: FormData, name: Name): Pick<Schemas["ReplayWebhookRequest"], Name> {
  const text = formText(form, name);
  return (text === "" ? {} : { [name]: new Date(text).toISOString() }) as Pick<Schemas["ReplayWebhookRequest"], Name>;
}
