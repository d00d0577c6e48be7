import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
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

/** What a search looks through. */
export const textOf = ({ id, title, agentId, workspace, channel }: Conversation): string => [title, id, agentId, workspace, channel].join(" ");

export const titleOf = ({ title }: Conversation): string => title ?? "Nothing said yet";
