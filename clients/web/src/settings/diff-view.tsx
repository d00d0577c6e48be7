import type { DiffLine } from "./diff.ts";

const signs: Readonly<Record<DiffLine["kind"], string>> = { same: " ", gap: "⋯", added: "+", removed: "−" };

/** The lines that go and those that come, told apart by sign as well as by colour. */
export function DiffView({ lines }: { lines: readonly DiffLine[] }) {
  if (lines.length === 0) return <p class="empty">Nothing is different.</p>;
  return (
    <div class="diff mono" role="region" aria-label="Changes" tabIndex={0}>
      {lines.map(({ kind, text }, index) => (
        <div key={index} class={kind}>
          <span aria-hidden="true">{signs[kind]} </span>
          {(kind === "added" || kind === "removed") && <span class="visually-hidden">{kind}: </span>}
          {text}
        </div>
      ))}
    </div>
  );
}
