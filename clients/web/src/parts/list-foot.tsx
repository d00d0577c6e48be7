import type { List } from "./use-list.ts";
import { Notice } from "./notice.tsx";

/** What stands below a list: that it loads, what went wrong, and the way to the next page. */
export function ListFoot({ list: { hasMore, isLoading, error, loadMore, reload, items } }: { list: List<unknown> }) {
  if (error !== undefined) return <Notice error={error} onRetry={items.length === 0 ? reload : loadMore} />;
  if (hasMore) {
    return (
      <button type="button" disabled={isLoading} onClick={loadMore}>
        {isLoading ? "Loading…" : "Show more"}
      </button>
    );
  }
  return isLoading && items.length === 0 ? <p class="muted">Loading…</p> : null;
}
