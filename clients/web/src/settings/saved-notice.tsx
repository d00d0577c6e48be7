import type { Schemas } from "../../../typescript/sdk/src/index.ts";

/** What has come of a change: what is in force, what waits for the next start, and what may not be meant. */
export function SavedNotice({ change: { restartRequired, warnings } }: { change: Schemas["SettingsChange"] }) {
  return (
    <div class={`notice ${restartRequired.length + warnings.length === 0 ? "good" : "calm"}`} role="status">
      <p>
        <strong>Saved.</strong> {restartRequired.length === 0 ? "It is in force." : "It is in force, but for what the gateway takes up with its next start only:"}
      </p>
      {restartRequired.length > 0 && (
        <ul class="faults">
          {restartRequired.map((pointer) => (
            <li key={pointer}>
              <code>{pointer}</code>
            </li>
          ))}
        </ul>
      )}
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
    </div>
  );
}
