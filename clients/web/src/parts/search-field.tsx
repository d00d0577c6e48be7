import { Icon } from "./icon.tsx";

/** A field to search with; `label` is what a screen reader calls it. */
export function SearchField({ label, query, onQuery }: { label: string; query: string; onQuery: (query: string) => void }) {
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input type="search" aria-label={label} placeholder={label} value={query} onInput={(event) => onQuery(event.currentTarget.value)} />
    </div>
  );
}
