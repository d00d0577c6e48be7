import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useReport } from "./use-report.ts";

/** One page of a list as the gateway answers it. */
export interface ListPage<Item> {
  items: Item[];
  nextCursor?: string | undefined;
}

export interface List<Item> {
  items: readonly Item[];
  hasMore: boolean;
  isLoading: boolean;
  error: unknown;
  loadMore: () => void;
  reload: () => void;
}

/** A list that the gateway gives by pages: the first at once, the next when asked for. `inputs` are what `load` depends on. */
export function useList<Item>(load: (cursor: string | undefined) => Promise<ListPage<Item>>, inputs: readonly unknown[]): List<Item> {
  const report = useReport();
  const [state, setState] = useState<{ items: readonly Item[]; next: string | undefined; isLoading: boolean; error: unknown }>({ items: [], next: undefined, isLoading: true, error: undefined });
  const latest = useRef(0);
  const fetchPage = useCallback((cursor: string | undefined) => {
    const turn = ++latest.current;
    setState((before) => ({ ...before, isLoading: true, error: undefined }));
    load(cursor).then(
      ({ items, nextCursor }) => {
        if (turn !== latest.current) return;
        setState((before) => ({ items: cursor === undefined ? items : [...before.items, ...items], next: nextCursor, isLoading: false, error: undefined }));
      },
      (error: unknown) => turn === latest.current && setState((before) => ({ ...before, isLoading: false, error: report(error) })),
    );
  }, inputs);
  const reload = useCallback(() => fetchPage(undefined), [fetchPage]);
  useEffect(() => {
    reload();
    return () => void latest.current++;
  }, [reload]);
  return {
    items: state.items,
    hasMore: state.next !== undefined,
    isLoading: state.isLoading,
    error: state.error,
    loadMore: () => fetchPage(state.next),
    reload,
  };
}

/**
 * The items that fit what the reader looks for. The API has no search, so the pages not yet loaded are, one after another,
 * as long as he searches.
 */
export function useSearch<Item>(list: List<Item>, textOf: (item: Item) => string): { query: string; setQuery: (query: string) => void; found: readonly Item[] } {
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const { hasMore, isLoading, error, loadMore } = list;
  useEffect(() => {
    if (wanted !== "" && hasMore && !isLoading && error === undefined) loadMore();
  }, [wanted, hasMore, isLoading, error]);
  return { query, setQuery, found: wanted === "" ? list.items : list.items.filter((item) => textOf(item).toLowerCase().includes(wanted)) };
}
