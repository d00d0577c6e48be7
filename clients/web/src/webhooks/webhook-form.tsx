import { useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { Dialog } from "../parts/dialog.tsx";
import { formText, typed, typedNumber } from "../parts/form-text.ts";
import { Notice } from "../parts/notice.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { TextField } from "../parts/text-field.tsx";
import { useAction } from "../parts/use-action.ts";
import { eventTitles, type Webhook, type WebhookEvent } from "./webhook.ts";

export interface WebhookFormProps {
  /** The one to change; without, a new one is made. */
  webhook?: Webhook;
  onClose: () => void;
  onMade?: (made: Schemas["WebhookWithSecret"]) => void;
  onChanged?: () => void;
}

export function WebhookForm({ webhook, onClose, onMade, onChanged }: WebhookFormProps) {
  const { gateway } = useAccount();
  const { isRunning, error, run } = useAction();
  const [wantsAll, setWantsAll] = useState(webhook === undefined || webhook.events.includes("*"));

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const { api, via } = gateway;
    const body = requestOf(form, wantsAll);
    void run(async () => {
      if (webhook) {
        await dataOf(api.PATCH("/api/v1/webhooks/{webhookId}", { params: { path: { webhookId: webhook.id } }, body, ...via }));
        onChanged?.();
      } else {
        onMade?.(await dataOf(api.POST("/api/v1/webhooks", { body: { ...body, ...typed(form, "workspace") }, ...via })));
      }
    });
  }

  return (
    <Dialog title={webhook ? "Change webhook" : "New webhook"} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        <TextField label="Address" name="url" type="url" required autofocus defaultValue={webhook?.url ?? ""} placeholder="https://your-app.example/openclaw-events" hint="Where the gateway sends a POST with each event." />
        <fieldset>
          <legend>What is it told of?</legend>
          <label class="check">
            <input type="checkbox" checked={wantsAll} onChange={(event) => setWantsAll(event.currentTarget.checked)} />
            Everything
          </label>
          {!wantsAll && (
            <div class="event-choices">
              {Object.entries(eventTitles).map(([type, title]) => (
                <label key={type} class="check">
                  <input type="checkbox" name="event" value={type} defaultChecked={webhook?.events.includes(type as WebhookEvent)} />
                  <span>
                    <span class="mono">{type}</span> <span class="hint">{title}</span>
                  </span>
                </label>
              ))}
            </div>
          )}
        </fieldset>
        <div class="form-row">
          <TextField label="What is it for?" name="description" maxLength={256} defaultValue={webhook?.description ?? ""} />
          {!webhook && <TextField label="Workspace" name="workspace" placeholder="All that your key sees" />}
        </div>
        <div class="form-row">
          <TextField label="Attempts at most" name="maxAttempts" type="number" min="1" max="20" placeholder="8" defaultValue={numberOf(webhook?.maxAttempts)} />
          <TextField label="First wait (ms)" name="backoffMs" type="number" min="0" max="3600000" placeholder="5000" defaultValue={numberOf(webhook?.backoffMs)} />
          <TextField label="Time-out (ms)" name="timeoutMs" type="number" min="100" max="60000" placeholder="5000" defaultValue={numberOf(webhook?.timeoutMs)} />
        </div>
        <TextField label="At once at most" name="concurrency" type="number" min="1" max="32" placeholder="1" defaultValue={numberOf(webhook?.concurrency)} hint="With 1, events come in their order. More is for slow receivers, and gives that order up." />
        <SelectField label="Form of the body" name="edition" options={{ workspaces: "An event", conversations: "An event with its signature in it" }} value={webhook?.edition ?? "workspaces"} />
        <label class="check">
          <input type="checkbox" name="enabled" defaultChecked={webhook?.enabled ?? true} />
          Switched on
        </label>
        {error !== undefined && <Notice error={error} />}
        <div class="dialog-foot">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isRunning}>
            {webhook ? "Save webhook" : "Create webhook"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const numberOf = (value: number | undefined): string => (value === undefined ? "" : String(value));

function requestOf(form: FormData, wantsAll: boolean): Schemas["CreateWebhookRequest"] {
  const description = formText(form, "description");
  return {
    url: formText(form, "url"),
    events: wantsAll ? ["*"] : (form.getAll("event") as WebhookEvent[]),
    description: description === "" ? null : description,
    edition: formText(form, "edition") as Webhook["edition"],
    enabled: form.has("enabled"),
    ...typedNumber(form, "maxAttempts"),
    ...typedNumber(form, "backoffMs"),
    ...typedNumber(form, "timeoutMs"),
    ...typedNumber(form, "concurrency"),
  };
}
