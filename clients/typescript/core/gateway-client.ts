import type { CallOptions, StreamOptions } from "./call-options.ts";
import { createConnection, type Connection, type ConnectionOptions } from "./connection.ts";
import type { AnswerOf, CallableId, EventsOf, ItemOf, ListId, Parameters, StreamingId } from "./contract.ts";
import type { EventStream } from "./event-stream.ts";
import { createEvents, type Events } from "./events.ts";
import { listAll } from "./list.ts";

/** Every operation of the contract by its name, typed; what both packages' clients have beside their own methods. */
export class GatewayClient {
  /** @internal */
  protected readonly connection: Connection;
  readonly events: Events;

  /** @internal */
  protected constructor(options: ConnectionOptions) {
    this.connection = createConnection(options);
    this.events = createEvents(this.connection);
  }

  /** Calls an operation and waits for its answer: `call("getWebhook", { path: { webhookId } })`. Throws an OpenClawError for an error answer. */
  call<Operation extends CallableId>(operation: Operation, ...parameters: Parameters<Operation, CallOptions>): Promise<AnswerOf<Operation>> {
    return this.connection.call(operation, ...parameters);
  }

  /** All that a list has, page after page: `for await (const key of client.list("listKeys"))`. `limit` is the size of a page. */
  list<Operation extends ListId>(operation: Operation, ...parameters: Parameters<Operation, CallOptions>): AsyncGenerator<ItemOf<Operation>, void, undefined> {
    return listAll(this.connection, operation, ...parameters);
  }

  /** An operation's answer as events, begun when the loop begins: `streamOf("streamMessage", { body: { message } })`. For `listEvents` there is `events.follow`. */
  streamOf<Operation extends Exclude<StreamingId, "listEvents" | "listLogs">>(operation: Operation, ...parameters: Parameters<Operation, StreamOptions>): EventStream<EventsOf<Operation>> {
    return this.connection.stream(operation, ...parameters);
  }
}
