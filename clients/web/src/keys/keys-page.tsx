import { useState } from "preact/hooks";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Icon } from "../parts/icon.tsx";
import { ListFoot } from "../parts/list-foot.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { ShownSecret } from "../parts/shown-secret.tsx";
import { useList, useSearch } from "../parts/use-list.ts";
import { CreateKey } from "./create-key.tsx";
import { KeyCard } from "./key-card.tsx";
import type { Key, NewKey } from "./key.ts";
import { RotateKey } from "./rotate-key.tsx";
import "./keys.css";

type Doing = { what: "create" } | { what: "rotate" | "revoke"; key: Key } | { what: "show"; made: NewKey };

/** The keys of the gateway: make, rotate and revoke them. */
export function KeysPage() {
  const { gateway, key: own, may } = useAccount();
  const [doing, setDoing] = useState<Doing>();
  const list = useList(async (cursor) => {
    const { keys, nextCursor } = await dataOf(gateway.api.GET("/api/v1/keys", { params: { query: { limit: 50, ...(cursor === undefined ? {} : { cursor }) } }, ...gateway.via }));
    return { items: keys, nextCursor };
  }, [gateway]);
  const { query, setQuery, found } = useSearch(list, ({ label, prefix, lastFour, workspaces }) => [label, prefix + lastFour, ...workspaces].join(" "));
  const mayWrite = may("keys:write");

  function close() {
    setDoing(undefined);
  }

  function show(made: NewKey) {
    setDoing({ what: "show", made });
    list.reload();
  }

  return (
    <section class="page">
      <div class="page-head">
        <h1>Keys</h1>
        {mayWrite && (
          <button type="button" class="primary" onClick={() => setDoing({ what: "create" })}>
            <Icon name="plus" />
            New key
          </button>
        )}
      </div>
      <p class="muted">Each program and each person gets a key of its own, so that one can be taken away without the others.</p>
      <SearchField label="Search keys" query={query} onQuery={setQuery} />
      <ul class="cards" aria-label="Keys">
        {found.map((key) => (
          <KeyCard
            key={key.id}
            value={key}
            isOwn={key.id === own.id}
            mayWrite={mayWrite}
            onRotate={() => setDoing({ what: "rotate", key })}
            onRevoke={() => setDoing({ what: "revoke", key })}
          />
        ))}
      </ul>
      {found.length === 0 && !list.hasMore && !list.isLoading && list.error === undefined && <p class="empty">No key fits “{query}”.</p>}
      <ListFoot list={list} />

      {doing?.what === "create" && <CreateKey onClose={close} onMade={show} />}
      {doing?.what === "rotate" && <RotateKey value={doing.key} onClose={close} onMade={show} />}
      {doing?.what === "show" && <ShownSecret of={doing.made.label} secret={doing.made.secret} advice="Keep it where its program finds it." onClose={close} />}
      {doing?.what === "revoke" && (
        <Confirm
          title={`Revoke “${doing.key.label}”?`}
          verb="Revoke key"
          onClose={close}
          action={async () => {
            await dataOf(gateway.api.DELETE("/api/v1/keys/{keyId}", { params: { path: { keyId: doing.key.id } }, ...gateway.via }));
            list.reload();
          }}
        >
          <p>Whatever uses it is refused within a second. There is no way back.{doing.key.id === own.id && " It is the key that you are logged in with."}</p>
        </Confirm>
      )}
    </section>
  );
}
