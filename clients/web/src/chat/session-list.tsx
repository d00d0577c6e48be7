import { Icon } from "../parts/icon.tsx";
import { ListFoot } from "../parts/list-foot.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { useSearch, type List } from "../parts/use-list.ts";
import { When } from "../parts/when.tsx";
import { linkTo } from "../router.ts";
import { textOf, titleOf, type Conversation } from "../sessions/use-conversations.ts";

export interface SessionListProps {
  list: List<Conversation>;
  current: string | undefined;
  /** On a phone the list covers the conversation, until one is chosen. */
  onClose: () => void;
}

export function SessionList({ list, current, onClose }: SessionListProps) {
  const { query, setQuery, found } = useSearch(list, textOf);
  const choose = (object: string | undefined) => {
    const { href, onClick } = linkTo({ page: "chat", object });
    return {
      href,
      onClick(event: MouseEvent) {
        onClick(event);
        onClose();
      },
    };
  };
  return (
    <aside class="chat-list" aria-label="Sessions">
      <div class="row">
        <a class="button" {...choose(undefined)}>
          <Icon name="plus" />
          New session
        </a>
        <button type="button" class="quiet only-narrow" onClick={onClose}>
          <Icon name="close" />
          <span class="visually-hidden">Close the list</span>
        </button>
      </div>
      <SearchField label="Search sessions" query={query} onQuery={setQuery} />
      <ul>
        {found.map((conversation) => (
          <li key={conversation.id}>
            <a {...choose(conversation.id)} aria-current={conversation.id === current ? "true" : undefined}>
              <span class="chat-title">{titleOf(conversation)}</span>
              <span class="hint">
                {conversation.agentId} · <When at={conversation.updatedAt} />
              </span>
            </a>
          </li>
        ))}
      </ul>
      {found.length === 0 && !list.isLoading && !list.hasMore && list.error === undefined && <p class="hint">{query === "" ? "What you say is kept here." : "No session fits."}</p>}
      <ListFoot list={list} />
    </aside>
  );
}
