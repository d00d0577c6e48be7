import type { PageProps } from "../pages.ts";
import { ListFoot } from "../parts/list-foot.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { useSearch } from "../parts/use-list.ts";
import { When } from "../parts/when.tsx";
import { linkTo } from "../router.ts";
import { SessionView } from "./session-view.tsx";
import { textOf, titleOf, useConversation, useConversations } from "./use-conversations.ts";

/** What was said to all agents on all channels, as far as the key sees it. */
export function SessionsPage({ object }: PageProps) {
  const list = useConversations();
  const conversation = useConversation(list, object);
  const { query, setQuery, found } = useSearch(list, textOf);
  if (object !== undefined) return <SessionView key={object} sessionId={object} conversation={conversation} onChanged={list.reload} />;
  return (
    <section class="page">
      <h1>Sessions</h1>
      <SearchField label="Search sessions" query={query} onQuery={setQuery} />
      <ul class="cards" aria-label="Sessions">
        {found.map((conversation) => (
          <li key={conversation.id} class="card pressable">
            <a {...linkTo({ page: "sessions", object: conversation.id })}>{titleOf(conversation)}</a>
            <p class="facts">
              <span>{conversation.agentId}</span>
              <span>{conversation.workspace}</span>
              <span>{conversation.channel}</span>
              <span>{conversation.messageCount} messages</span>
              <When at={conversation.updatedAt} />
            </p>
          </li>
        ))}
      </ul>
      {found.length === 0 && !list.isLoading && !list.hasMore && list.error === undefined && <p class="empty">{query === "" ? "Nobody has said anything yet." : `No session fits “${query}”. Titles, ids, agents, workspaces and channels are searched.`}</p>}
      <ListFoot list={list} />
    </section>
  );
}
