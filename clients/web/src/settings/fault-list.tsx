import { lineOf } from "./json-text.ts";
import type { Fault } from "./review-changes.tsx";

export interface FaultListProps {
  faults: readonly Fault[];
  /** The settings as they are edited. */
  text: string;
  area: HTMLTextAreaElement | null;
}

/** What the gateway finds wrong with the settings; a press leads to the line. */
export function FaultList({ faults, text, area }: FaultListProps) {
  return (
    <div class="notice" role="alert">
      <p>
        <strong>The gateway does not take these settings.</strong> Nothing was saved.
      </p>
      <ul class="faults">
        {faults.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            <button type="button" class="fault" onClick={() => area && showLine(area, lineIn(text, path))}>
              Line {lineIn(text, path) + 1}
            </button>{" "}
            <code>{path === "" ? "the settings" : path}</code> {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Once it is edited to something that is no JSON, faults lead to its beginning. */
function lineIn(text: string, pointer: string): number {
  try {
    return lineOf(JSON.parse(text), pointer);
  } catch {
    return 0;
  }
}

function showLine(area: HTMLTextAreaElement, line: number): void {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line).reduce((length, { length: own }) => length + own + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line]?.length ?? 0));
  area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, line - 4);
}
