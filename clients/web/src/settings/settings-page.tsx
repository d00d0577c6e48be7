import { useId, useRef, useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { Notice } from "../parts/notice.tsx";
import { FaultList } from "./fault-list.tsx";
import { formatJson } from "./json-text.ts";
import { ReviewChanges, type Fault } from "./review-changes.tsx";
import { SavedNotice } from "./saved-notice.tsx";
import { useSettings } from "./use-settings.ts";
import "./settings.css";

/** The settings file, as JSON and with secrets redacted: changed, looked at once more, and saved. */
export function SettingsPage() {
  const { may } = useAccount();
  const settings = useSettings();
  const { version, draft, setDraft } = settings;
  const area = useRef<HTMLTextAreaElement>(null);
  const areaId = useId();
  const [reviewed, setReviewed] = useState<Schemas["SettingsDocument"]>();
  const [problem, setProblem] = useState<string>();
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [saved, setSaved] = useState<Schemas["SettingsChange"]>();
  const mayWrite = may("config:write");
  const isChanged = version !== undefined && draft !== version.text;

  function forget() {
    setProblem(undefined);
    setFaults([]);
    setSaved(undefined);
  }

  function review() {
    forget();
    try {
      const parsed: unknown = JSON.parse(draft);
      // In the form that the lines of faults are counted in.
      setDraft(formatJson(parsed));
      setReviewed(parsed as Schemas["SettingsDocument"]);
    } catch (error) {
      setProblem(`This is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  if (!version) {
    return (
      <section class="page">
        <h1>Settings</h1>
        {settings.error === undefined ? <p class="muted">Loading…</p> : <Notice error={settings.error} onRetry={() => void settings.load({ keepDraft: false })} />}
      </section>
    );
  }
  return (
    <section class="page">
      <h1>Settings</h1>
      <p class="muted">
        The settings file as JSON. A secret is shown as <code>[redacted:…]</code>; left as it is, it stays. Comments in the file stay, too.
      </p>
      {saved && <SavedNotice change={saved} />}
      {settings.error !== undefined && <Notice error={settings.error} />}
      {problem !== undefined && <Notice error={problem} />}
      {faults.length > 0 && <FaultList faults={faults} text={draft} area={area.current} />}
      <div class="field">
        <label for={areaId}>Settings</label>
        <textarea
          id={areaId}
          ref={area}
          class="settings-text mono"
          spellcheck={false}
          autocapitalize="off"
          wrap="off"
          readOnly={!mayWrite}
          aria-invalid={problem !== undefined || faults.length > 0}
          value={draft}
          onInput={(event) => setDraft(event.currentTarget.value)}
        />
      </div>
      {mayWrite && (
        <div class="row">
          <button type="button" class="primary" disabled={!isChanged} onClick={review}>
            Review changes
          </button>
          <button
            type="button"
            disabled={!isChanged}
            onClick={() => {
              forget();
              setDraft(version.text);
            }}
          >
            Discard
          </button>
        </div>
      )}
      {reviewed && (
        <ReviewChanges
          settings={settings}
          reviewed={reviewed}
          onClose={() => setReviewed(undefined)}
          onFaults={(found) => {
            setReviewed(undefined);
            setFaults(found);
          }}
          onSaved={(change) => {
            setReviewed(undefined);
            setSaved(change);
          }}
        />
      )}
    </section>
  );
}
