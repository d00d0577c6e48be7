import { OpenClaw } from "@openclaw/api-client";
import { OpenClawClient, OpenClawError, type EventStream, type ItemOf, type Message, type Schemas } from "@openclaw/sdk";
import { expectTypeOf, test } from "vitest";

// Nothing here runs: `npm run check:types` is what tells.
const client = new OpenClawClient();
const api = new OpenClaw({ baseUrl: "http://127.0.0.1:1", apiKey: process.env["OPENCLAW_API_KEY"] });
type EventOf<S> = S extends AsyncIterable<infer Event> ? Event : never;

test("answers have the type of their edition", () => {
  expectTypeOf(() => client.message("")).returns.resolves.toEqualTypeOf<Message>();
  expectTypeOf(() => client.chat({ message: "", agentId: "a" })).returns.resolves.toEqualTypeOf<Schemas["AgentsChatAnswer"]>();
  expectTypeOf(() => client.chat({ message: "", model: "m" })).returns.resolves.toEqualTypeOf<Schemas["ConversationsChatAnswer"]>();
  expectTypeOf(() => client.chat({ message: "" })).returns.resolves.toEqualTypeOf<Schemas["ChatAnswer"]>();
  expectTypeOf(() => api.messages.send({ message: "" })).returns.resolves.toEqualTypeOf<Schemas["SendMessageAnswer"]>();
  expectTypeOf(() => client.conversations.delete("")).returns.resolves.toEqualTypeOf<void>();
});

test("streams have the events of their edition, and no error event", () => {
  type Event = EventOf<ReturnType<OpenClawClient["stream"]>>;
  expectTypeOf<Event["type"]>().toEqualTypeOf<"start" | "delta" | "tool_approval" | "tool_use" | "tool_result" | "done">();
  const agents = () => client.chatStream({ message: "", sessionId: null });
  expectTypeOf<EventOf<ReturnType<typeof agents>>["type"]>().toEqualTypeOf<"start" | "text" | "tool_approval" | "tool_use" | "tool_result" | "end">();
  expectTypeOf(() => client.stream("")).returns.toExtend<EventStream<unknown>>();
  expectTypeOf<EventOf<ReturnType<typeof api.messages.stream>>>().toEqualTypeOf<string>();
  type WorkspaceEvent = EventOf<ReturnType<ReturnType<typeof api.messages.stream>["events"]>>;
  expectTypeOf<WorkspaceEvent["type"]>().toEqualTypeOf<"token" | "tool_approval" | "tool_use" | "tool_result" | "done">();
});

test("what the contract refuses is refused", () => {
  // @ts-expect-error a body of both editions
  void (() => client.chat({ message: "", agentId: "a", model: "m" }));
  // @ts-expect-error a message is required
  void (() => api.messages.send({ workspace: "team" }));
  // @ts-expect-error no such query
  void (() => client.conversations.list({ page: 1 }));
  expectTypeOf<OpenClawError["headers"]>().toEqualTypeOf<Readonly<Record<string, string>>>();
});

test("an operation by its name takes and answers what the contract says", () => {
  expectTypeOf(() => client.call("createWebhook", { body: { url: "", events: [] } })).returns.resolves.toEqualTypeOf<Schemas["WebhookWithSecret"]>();
  expectTypeOf(() => api.call("getRun", { path: { runId: "" } }, { timeoutMs: 1 })).returns.resolves.toEqualTypeOf<Schemas["Run"]>();
  expectTypeOf(() => client.call("deleteSession", { path: { sessionId: "" } })).returns.resolves.toEqualTypeOf<void>();
  expectTypeOf(() => client.call("listAgents")).returns.resolves.toEqualTypeOf<Schemas["AgentList"]>();
  expectTypeOf(() => client.call("getOpenapiYaml")).returns.resolves.toEqualTypeOf<string>();
  expectTypeOf(() => client.call("listEvents", { query: { types: ["run.finished"] } })).returns.resolves.toEqualTypeOf<Schemas["EventPage"]>();
  expectTypeOf<ItemOf<"listKeys">>().toEqualTypeOf<Schemas["Key"]>();
  expectTypeOf<EventOf<ReturnType<typeof client.events.follow>>>().toEqualTypeOf<Schemas["Event"]>();
  const completion = () => client.streamOf("createChatCompletion", { body: { model: "", messages: [] } });
  expectTypeOf<EventOf<ReturnType<typeof completion>>>().not.toEqualTypeOf<never>();
  // @ts-expect-error a path is required
  void (() => client.call("getRun"));
  // @ts-expect-error no such operation
  void (() => client.call("makeCoffee"));
  // @ts-expect-error it answers with a stream alone
  void (() => client.call("streamMessage", { body: { message: "" } }));
  // @ts-expect-error it has no pages
  void (() => client.list("getRun", { path: { runId: "" } }));
  // @ts-expect-error an event that is none
  void (() => client.events.follow({ types: ["made.coffee"] }));
  // @ts-expect-error the client makes it itself
  void (() => client.call("createMemory", { body: { text: "" }, headers: { "Idempotency-Key": "" } }));
});
