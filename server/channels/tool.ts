import { GatewayError } from "../errors.ts";
import { mayDo } from "../keys/principal.ts";
import { type Tool, ToolError, type ToolSource } from "../tools/port.ts";
import type { Channels } from "./service.ts";

const permission = "channels:send";

/** `send {channel, chatId, message}`: an agent writes to somebody. Off until the settings allow it by name. */
export function createSendTool({ send }: Pick<Channels, "send">): ToolSource {
  const tools: readonly Tool[] = [
    {
      name: "send",
      isDangerous: true,
      permission,
      description: "Sends a message to a chat of a messaging platform. Answers once the platform has it. Not for the answer to the person who is talking to you: that one is sent anyway.",
      inputSchema: {
        type: "object",
        properties: {
          channel: { type: "string", minLength: 1, maxLength: 64, description: "The platform: telegram, discord, slack or whatsapp." },
          chatId: { type: "string", minLength: 1, maxLength: 256, description: "The chat, in the platform's own terms." },
          message: { type: "string", minLength: 1, maxLength: 100_000, description: "The text, in Markdown." },
        },
        required: ["channel", "chatId", "message"],
        additionalProperties: false,
      },
      async invoke(input, { principal, workspaceId, agentId }) {
        if (!mayDo(principal, permission)) throw new ToolError(`The key that this turn is for lacks the permission \`${permission}\`: nothing was sent.`);
        const { channel, chatId, message } = input as { channel: string; chatId: string; message: string };
        try {
          // A turn writes by the channels of its workspace, whatever else its key may see.
          const sender = agentId === null ? principal : { ...principal, workspaces: [workspaceId] };
          const { messageId } = await send(sender, { channel, chatId, message }, { format: "markdown" });
          return `Sent as message ${messageId}.`;
        } catch (thrown) {
          const error = GatewayError.from(thrown);
          if (error.code === "internal_error") throw thrown;
          throw new ToolError(error.message, { cause: thrown });
        }
      },
    },
  ];
  return { tools: () => tools };
}
