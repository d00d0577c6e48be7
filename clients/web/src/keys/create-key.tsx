import { useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { dataOf, type Permission } from "../gateway.ts";
import { Dialog } from "../parts/dialog.tsx";
import { formText, typed, typedNumber } from "../parts/form-text.ts";
import { Notice } from "../parts/notice.tsx";
import { useAction } from "../parts/use-action.ts";
import { scopes, type NewKey, type Scope } from "./key.ts";

/** What the new key may do: the usual, bundles, or chosen one by one. */
type Kind = "usual" | "scopes" | "permissions";

const kinds: Readonly<Record<Kind, string>> = { usual: "The usual", scopes: "Bundles", permissions: "One by one" };

export function CreateKey({ onClose, onMade }: { onClose: () => void; onMade: (made: NewKey) => void }) {
  const { gateway, key: own } = useAccount();
  const { isRunning, error, run } = useAction();
  const [kind, setKind] = useState<Kind>("usual");

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const body = requestOf(new FormData(event.currentTarget as HTMLFormElement), kind);
    void run(async () => onMade(await dataOf(gateway.api.POST("/api/v1/keys", { body, ...gateway.via }))));
  }

  return (
    <Dialog title="New key" onClose={onClose}>
      <form class="key-form" onSubmit={submit}>
        <div class="field">
          <label for="key-label">What is it for?</label>
          <input id="key-label" name="label" required maxLength={256} autofocus placeholder="The website’s chat" />
        </div>
        <fieldset>
          <legend>What may it do?</legend>
          <div class="row">
            {Object.entries(kinds).map(([name, title]) => (
              <label key={name} class="check">
                <input type="radio" name="kind" checked={kind === name} onChange={() => setKind(name as Kind)} />
                {title}
              </label>
            ))}
          </div>
          {kind === "usual" && <p class="hint">Everything but settings, logs, keys and webhooks.</p>}
          {kind === "scopes" &&
            Object.entries(scopes).map(([scope, text]) => (
              <label key={scope} class="check">
                <input type="checkbox" name="scope" value={scope} />
                <span>
                  <strong>{scope}</strong> <span class="muted">{text}</span>
                </span>
              </label>
            ))}
          {kind === "permissions" && (
            <div class="key-permissions">
              {/* Nobody gives a key more than he has. */}
              {own.effectivePermissions.map((permission) => (
                <label key={permission} class="check mono">
                  <input type="checkbox" name="permission" value={permission} />
                  {permission}
                </label>
              ))}
            </div>
          )}
        </fieldset>
        <div class="field">
          <label for="key-workspaces">Workspaces</label>
          <input id="key-workspaces" name="workspaces" placeholder="All that your key sees" aria-describedby="key-workspaces-hint" />
          <p id="key-workspaces-hint" class="hint">
            Their ids, with commas between.
          </p>
        </div>
        <div class="key-limits">
          <div class="field">
            <label for="key-rate">Requests a minute</label>
            <input id="key-rate" name="rateLimit" type="number" min="1" step="1" placeholder="As usual" />
          </div>
          <div class="field">
            <label for="key-tokens">Tokens a day</label>
            <input id="key-tokens" name="maxTokensPerDay" type="number" min="1" step="1" placeholder="As usual" />
          </div>
          <div class="field">
            <label for="key-expiry">Ends on (UTC)</label>
            <input id="key-expiry" name="expiresAt" type="date" />
          </div>
        </div>
        {error !== undefined && <Notice error={error} />}
        <div class="dialog-foot">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isRunning}>
            Create key
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The contract's request of what is in the form; what was left empty is left out. */
function requestOf(form: FormData, kind: Kind): Schemas["CreateKeyRequest"] {
  const workspaces = formText(form, "workspaces").split(",").map((id) => id.trim()).filter((id) => id !== "");
  return {
    label: formText(form, "label"),
    ...(kind === "scopes" && { scopes: form.getAll("scope") as Scope[] }),
    ...(kind === "permissions" && { permissions: form.getAll("permission") as Permission[] }),
    ...(workspaces.length > 0 && { workspaces }),
    ...typedNumber(form, "rateLimit"),
    ...typedNumber(form, "maxTokensPerDay"),
    ...typed(form, "expiresAt"),
  };
}
