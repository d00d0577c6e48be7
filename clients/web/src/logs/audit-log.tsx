import { useState } from "preact/hooks";
import { useAccount } from "../account.ts";
import { ListFoot } from "../parts/list-foot.tsx";
import { TextField } from "../parts/text-field.tsx";
import { useList } from "../parts/use-list.ts";
import { useSettled } from "./use-settled.ts";

const times = new Intl.DateTimeFormat("en-GB", { dateStyle: "short", timeStyle: "medium" });

/** Who asked for what, and what the answer was. */
export function AuditLog() {
  const { gateway } = useAccount();
  const [operation, setOperation] = useState("");
  const [keyId, setKeyId] = useState("");
  const [status, setStatus] = useState("");
  const wanted = useSettled([operation.trim(), keyId.trim(), status.trim()].join("\n"));
  const list = useList(
    async (cursor) => {
      const [operation = "", keyId = "", status = ""] = wanted.split("\n");
      const { entries, nextCursor } = await gateway.client.logs.list({
        kind: "audit",
        limit: 50,
        ...(operation !== "" && { operation }),
        ...(keyId !== "" && { keyId }),
        ...(status !== "" && { status: Number(status) }),
        ...(cursor !== undefined && { cursor }),
      });
      return { items: entries.filter((entry) => entry.kind === "audit"), nextCursor };
    },
    [gateway, wanted],
  );

  return (
    <>
      <div class="filters">
        <TextField label="Operation" name="operation" placeholder="deleteSession" value={operation} onInput={(event) => setOperation(event.currentTarget.value)} />
        <TextField label="Key" name="key" placeholder="key_…" value={keyId} onInput={(event) => setKeyId(event.currentTarget.value)} />
        <TextField label="Status" name="status" type="number" min="100" max="599" placeholder="403" value={status} onInput={(event) => setStatus(event.currentTarget.value)} />
        <button type="button" onClick={list.reload}>
          Refresh
        </button>
      </div>
      <div class="data-table" role="region" aria-label="Calls" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Operation</th>
              <th scope="col">Object</th>
              <th scope="col">Status</th>
              <th scope="col">Key</th>
              <th scope="col">Address</th>
              <th scope="col" class="number">
                Took
              </th>
            </tr>
          </thead>
          <tbody>
            {list.items.map((entry) => (
              <tr key={entry.id}>
                <td class="nowrap">
                  <time dateTime={entry.at}>{times.format(new Date(entry.at))}</time>
                </td>
                <td>
                  {entry.operation ?? entry.method}
                  {entry.times > 1 && <span class="muted"> × {entry.times}</span>}
                </td>
                <td class="mono">{entry.object ?? ""}</td>
                <td class={entry.status >= 400 ? "bad-text" : ""}>{entry.status}</td>
                <td class="mono">{entry.keyId ?? "none"}</td>
                <td class="mono">{entry.address ?? "many"}</td>
                <td class="number">{entry.durationMs} ms</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {list.items.length === 0 && !list.isLoading && list.error === undefined && !list.hasMore && <p class="empty">No call fits.</p>}
      <ListFoot list={list} />
    </>
  );
}
