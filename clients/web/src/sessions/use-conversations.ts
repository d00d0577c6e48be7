import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { useLoaded } from "../parts/use-loaded.ts";
import { useList, type List } from "../parts/use-list.ts";

export type Conversation = Schemas["Conversation"];

/** The sessions that the key may see, the last active first, with their titles; none without `sessions:read`. */
export function useConversations(): List<Conversation> {
  const { gateway, may } = useAccount();
  return useList(
    async (cursor) => {
      if (!may("sessions:read")) return { items: [] };
      const { conversations, nextCursor } = await gateway.client.conversations.list({ limit: 50, ...(cursor === undefined ? {} : { cursor }) });
      return { items: conversations, nextCursor };
    },
    [gateway],
  );
}

/** One of them: from the list, or by itself when it is further down than what is loaded. Undefined until it is there. */
export function useConversation(list: List<Conversation>, id: string | undefined): Conversation | undefined {
  const { gateway, may } = useAccount();
  const listed = list.items.find((conversation) => conversation.id === id);
  const isMissing = id !== undefined && listed === undefined && !list.isLoading && may("sessions:read");
  const { data } = useLoaded(async () => (isMissing ? gateway.client.conversations.get(id) : undefined), [gateway, id, isMissing]);
  return listed ?? data;
}

/** What a search looks through. */
export const textOf = ({ id, title, agentId, workspace, channel }: Conversation): string => [title, id, agentId, workspace, channel].join(" ");

export const titleOf = ({ title }: Conversation): string => title ?? "Nothing said yet";
