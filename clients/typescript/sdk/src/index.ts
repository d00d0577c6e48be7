export type { Agents } from "./agents.ts";
export type { AgentsChat, Chat, ChatAnswer, ConversationsChat } from "./chat.ts";
export { OpenClawClient, type OpenClawClientOptions } from "./client.ts";
export type { Conversations } from "./conversations.ts";
export type { FollowLogOptions, Logs } from "./logs.ts";
export type { AcceptedMessage, Message, MessageOptions } from "./message.ts";
export type { Models } from "./models.ts";
export type { RunEventsOptions, Runs } from "./runs.ts";
export * from "../../core/index.ts";
