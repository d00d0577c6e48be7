import type { ChatHandlers } from "../../generated/server/handlers.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Runs } from "../runs/service.ts";
import { createChatEditionHandlers } from "./chat-editions.ts";
import { createOperatorHandlers } from "./operator.ts";
import type { Chat } from "./service.ts";
import { createWorkspacesHandlers } from "./workspaces.ts";

/** Every way to take a turn, one file an edition; the agents and conversations editions share a path. */
export function createChatHandlers(options: { chat: Chat; runs: Runs }): ChatHandlers<RequestContext> {
  return { ...createChatEditionHandlers(options), ...createWorkspacesHandlers(options), ...createOperatorHandlers(options) };
}
