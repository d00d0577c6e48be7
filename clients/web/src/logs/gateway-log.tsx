import { useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { ListFoot } from "../parts/list-foot.tsx";
import { Notice } from "../parts/notice.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { useList } from "../parts/use-list.ts";
import { LogLine } from "./log-line.tsx";
import { useSettled } from "./use-settled.ts";
import { useTail } from "./use-tail.ts";

const levels: Readonly<Record<Schemas["LogLevel"], string>> = {
  trace: "Everything",
  debug: "Debug and above",
  info: "Info and above",
  warn: "Warnings and errors",
  error: "Errors",
  fatal: "Fatal errors",
};

/** The gateway's own log, the newest first: filtered, and followed. */
export function GatewayLog() {
  const { gateway } = useAccount();
  const [level, setLevel] = useState<Schemas["LogLevel"]>("info");
  const [words, setWords] = useState("");
  const [isFollowing, setIsFollowing] = useState(false);
  const q = useSettled(words.trim());
  const filter = { level, ...(q === "" ? {} : { q }) };
  const list = useList(
    async (cursor) => {
      const { entries, nextCursor } = await gateway.client.logs.list({ ...filter, limit: 50, ...(cursor === undefined ? {} : { cursor }) });
      return { items: entries.filter((entry) => entry.kind === "gateway"), nextCursor };
    },
    [gateway, level, q],
  );
  const tail = useTail({ filter, isFollowing: isFollowing && !list.isLoading, after: list.items[0]?.id });
  const lines = [...tail.lines, ...list.items];

  return (
    <>
      <div class="filters">
        <SelectField label="Level" options={levels} value={level} onValue={setLevel} />
        <div class="field wide">
          <SearchField label="Words in the line" query={words} onQuery={setWords} />
        </div>
        <button type="button" aria-pressed={isFollowing} class={isFollowing ? "primary" : ""} onClick={() => setIsFollowing(!isFollowing)}>
          {isFollowing ? "Stop following" : "Follow"}
        </button>
      </div>
      <p class="hint" role="status">
        {isFollowing && (tail.isAway ? "The connection is lost. Reconnecting; no line is lost." : "New lines come on top as they are written.")}
      </p>
      {tail.error !== undefined && <Notice error={tail.error} />}
      <ol class="log" aria-label="Lines">
        {lines.map((line) => (
          <LogLine key={line.id} value={line} />
        ))}
      </ol>
      {lines.length === 0 && !list.isLoading && !list.hasMore && list.error === undefined && <p class="empty">No line fits.</p>}
      <ListFoot list={list} />
    </>
  );
}
