import type { OpenapiDocument, OpenapiOperation, Parameter, Response, Schema } from "../codegen/document.ts";
import type { Change } from "./change.ts";
import type { AsyncapiDocument } from "./compare-frames.ts";

/** One edit of the real contract, and what must be told of it, as `level kind @ place`. */
export interface Planted {
  what: string;
  edit: (contract: Editable) => void;
  told: `${Change["level"]} ${Change["kind"]} @ ${string}`[];
}

/** The contract with short ways to what the edits are about. */
export interface Editable {
  openapi: OpenapiDocument;
  asyncapi: AsyncapiDocument;
  schema: (name: string) => Schema;
  field: (schema: string, name: string) => Schema;
  operation: (method: string, path: string) => OpenapiOperation;
  answer: (method: string, path: string, status: string) => Response;
  parameter: (name: string) => Parameter;
}

/** Each breaks clients. */
export const breaking: readonly Planted[] = [
  {
    what: "an operation is gone",
    edit: ({ openapi }) => delete openapi.paths["/api/v1/logs"]!["get"],
    told: ["breaking operation-removed @ GET /api/v1/logs"],
  },
  {
    what: "an operation has another id",
    edit: ({ operation }) => (operation("get", "/api/v1/agents").operationId = "getAgents"),
    told: ["breaking operation-renamed @ GET /api/v1/agents"],
  },
  {
    what: "an operation has moved",
    edit: ({ openapi: { paths } }) => {
      paths["/api/v1/agents-of-mine"] = { get: paths["/api/v1/agents"]!["get"]! };
      delete paths["/api/v1/agents"];
    },
    told: ["breaking operation-moved @ GET /api/v1/agents-of-mine"],
  },
  {
    what: "another permission is needed",
    edit: ({ operation }) => (operation("get", "/api/v1/agents")["x-permission"] = "config:read"),
    told: ["breaking permission-changed @ GET /api/v1/agents"],
  },
  {
    what: "an open operation wants a key",
    edit: ({ operation }) => (operation("get", "/health")["x-permission"] = "any"),
    told: ["breaking permission-raised @ GET /health"],
  },
  {
    what: "a way to authenticate is gone",
    edit: ({ operation }) => (operation("get", "/api/v1/agents").security = [{ BearerAuth: [] }]),
    told: ["breaking security-removed @ GET /api/v1/agents"],
  },
  {
    what: "a parameter is new and required",
    edit: ({ operation }) => operation("get", "/api/v1/agents").parameters!.push({ name: "team", in: "query", required: true, schema: { type: "string" } }),
    told: ["breaking parameter-added @ GET /api/v1/agents"],
  },
  {
    what: "the default of a parameter is another",
    edit: ({ parameter }) => (parameter("LimitQuery").schema["default"] = 50),
    told: ["breaking default-changed @ query LimitQuery"],
  },
  {
    what: "a parameter takes less",
    edit: ({ parameter }) => (parameter("LimitQuery").schema["maximum"] = 50),
    told: ["breaking bound-narrowed @ query LimitQuery"],
  },
  {
    what: "a body is required",
    edit: ({ operation }) => (operation("post", "/api/v1/keys/{keyId}/rotate").requestBody!.required = true),
    told: ["breaking body-required @ POST /api/v1/keys/{keyId}/rotate"],
  },
  {
    what: "a field of a request is required",
    edit: ({ schema }) => (schema("CreateWebhookRequest")["required"] as string[]).push("description"),
    told: ["breaking field-required @ CreateWebhookRequest.description"],
  },
  {
    what: "a field of a request may not be null",
    edit: ({ field }) => field("CreateWebhookRequest", "description").anyOf!.pop(),
    told: ["breaking null-removed @ CreateWebhookRequest.description"],
  },
  {
    what: "a bound beside a union is narrower",
    edit: ({ field }) => (field("CreateWebhookRequest", "description")["maxLength"] = 10),
    told: ["breaking bound-narrowed @ CreateWebhookRequest.description"],
  },
  {
    what: "a bound beside a reference is narrower",
    edit: ({ field }) => (field("CreateWebhookRequest", "url")["maxLength"] = 10),
    told: ["breaking bound-narrowed @ CreateWebhookRequest.url"],
  },
  {
    what: "a request may have one form less",
    edit: ({ schema }) => schema("OpenaiSystemMessage").properties!["content"]!.anyOf!.pop(),
    told: ["breaking variant-removed @ OpenaiSystemMessage.content"],
  },
  {
    what: "an object of a request takes no further fields",
    edit: ({ schema }) => (schema("SettingsDocument")["additionalProperties"] = false),
    told: ["breaking type-narrowed @ SettingsDocument"],
  },
  {
    what: "a field of an answer is gone",
    edit: ({ schema }) => delete schema("AgentsChatResponse").properties!["sessionId"],
    told: ["breaking field-removed @ AgentsChatResponse.sessionId"],
  },
  {
    what: "a field of an answer may be missing",
    edit: ({ schema }) => (schema("Webhook")["required"] = (schema("Webhook")["required"] as string[]).filter((name) => name !== "url")),
    told: ["breaking field-optional @ Webhook.url"],
  },
  {
    what: "a field of an answer has another type",
    edit: ({ field }) => (field("ApiError", "status")["type"] = "string"),
    told: ["breaking type-changed @ ApiError.status"],
  },
  {
    what: "a field of an answer is in another format",
    edit: ({ field }) => (field("ApiError", "status")["format"] = "int64"),
    told: ["breaking format-widened @ ApiError.status"],
  },
  {
    what: "a closed set of an answer has one more",
    edit: ({ schema }) => (schema("RunStatus")["enum"] as string[]).push("paused"),
    told: ["breaking enum-added @ RunStatus"],
  },
  {
    what: "a stream has an event more",
    edit: ({ schema }) => schema("AgentsChatEvent").oneOf!.push({ $ref: "#/components/schemas/DeltaEvent" }),
    told: ["breaking event-added @ AgentsChatEvent"],
  },
  {
    what: "a stream has an event less",
    edit: ({ schema }) => schema("AgentsChatEvent").oneOf!.shift(),
    told: ["breaking event-removed @ AgentsChatEvent"],
  },
  {
    what: "a socket is sent an event less",
    edit: ({ asyncapi }) => asyncapi.operations["hearEvents"]!.messages.pop(),
    told: ["breaking event-removed @ /ws hearEvents"],
  },
  {
    what: "a frame that clients send wants more",
    edit: ({ asyncapi }) => (asyncapi.components.schemas["MessageFrame"]!["required"] as string[]).push("conversationId"),
    told: ["breaking field-required @ MessageFrame.conversationId"],
  },
  {
    what: "a media type is gone",
    edit: ({ answer }) => delete answer("post", "/api/v1/chat", "200").content!["text/event-stream"],
    told: ["breaking media-type-removed @ POST /api/v1/chat 200"],
  },
  {
    what: "a header is gone",
    edit: ({ answer }) => delete answer("post", "/api/v1/chat", "200").headers!["X-Run-Id"],
    told: ["breaking header-removed @ POST /api/v1/chat 200"],
  },
  {
    what: "a header of shared errors is gone",
    edit: ({ openapi }) => delete openapi.components.responses!["ApiTooManyRequests"]!.headers!["Retry-After"],
    told: ["breaking header-removed @ answer ApiTooManyRequests"],
  },
  {
    what: "another success",
    edit: ({ operation }) => (operation("get", "/api/v1/agents").responses["202"] = { description: "Later." }),
    told: ["breaking status-added @ GET /api/v1/agents"],
  },
  {
    what: "a keyword that the comparison knows nothing of",
    edit: ({ schema }) => (schema("Webhook")["dependentRequired"] = { url: ["id"] }),
    told: ["breaking schema-changed @ Webhook"],
  },
];

/** None breaks clients. */
export const harmless: readonly Planted[] = [
  {
    what: "an operation is new",
    edit: ({ openapi: { paths }, operation }) => (paths["/api/v1/news"] = { get: { ...operation("get", "/api/v1/agents"), operationId: "listNews" } }),
    told: ["compatible operation-added @ GET /api/v1/news"],
  },
  {
    what: "an operation is deprecated",
    edit: ({ operation }) => (operation("get", "/api/v1/agents").deprecated = true),
    told: ["compatible operation-deprecated @ GET /api/v1/agents"],
  },
  {
    what: "any key will do",
    edit: ({ operation }) => (operation("get", "/api/v1/agents")["x-permission"] = "any"),
    told: ["compatible permission-lowered @ GET /api/v1/agents"],
  },
  {
    what: "a parameter is new and may be left out",
    edit: ({ operation }) => operation("get", "/api/v1/agents").parameters!.push({ name: "team", in: "query", schema: { type: "string" } }),
    told: ["compatible parameter-added @ GET /api/v1/agents"],
  },
  {
    what: "a parameter takes more",
    edit: ({ schema }) => (schema("LogKind")["enum"] as string[]).push("traffic"),
    told: ["compatible enum-added @ LogKind"],
  },
  {
    what: "a field of a request is new and may be left out",
    edit: ({ schema }) => (schema("CreateWebhookRequest").properties!["color"] = { type: "string" }),
    told: ["compatible field-added @ CreateWebhookRequest.color"],
  },
  {
    what: "a field of a request need not be there",
    edit: ({ schema }) => (schema("CreateWebhookRequest")["required"] as string[]).shift(),
    told: ["compatible field-optional @ CreateWebhookRequest.url"],
  },
  {
    what: "a field of an answer is new",
    edit: ({ schema }) => (schema("Webhook").properties!["color"] = { type: "string" }),
    told: ["compatible field-added @ Webhook.color"],
  },
  {
    what: "a field of an answer is never null",
    edit: ({ field }) => field("Webhook", "description").anyOf!.pop(),
    told: ["compatible null-removed @ Webhook.description"],
  },
  {
    what: "an open set of an answer has one more",
    edit: ({ schema }) => (schema("ErrorCode")["enum"] as string[]).push("teapot"),
    told: ["compatible enum-added @ ErrorCode"],
  },
  {
    what: "a socket is sent an event more, of those that may become more",
    edit: ({ asyncapi }) => asyncapi.operations["hearEvents"]!.messages.push({ $ref: "#/channels/socket/messages/PongFrame" }),
    told: ["compatible event-added @ /ws hearEvents"],
  },
  {
    what: "a header is new",
    edit: ({ answer }) => (answer("get", "/api/v1/agents", "200").headers!["X-Weather"] = { required: true, schema: { type: "string" } }),
    told: ["compatible header-added @ GET /api/v1/agents 200"],
  },
  {
    what: "another error",
    edit: ({ operation }) => (operation("get", "/api/v1/agents").responses["402"] = { $ref: "#/components/responses/ApiForbidden" }),
    told: ["compatible status-added @ GET /api/v1/agents"],
  },
  {
    what: "another media type",
    edit: ({ answer }) => (answer("get", "/api/v1/agents", "200").content!["text/csv"] = { schema: { type: "string" } }),
    told: ["compatible media-type-added @ GET /api/v1/agents 200"],
  },
  {
    what: "a schema is called otherwise",
    edit: ({ openapi }) => {
      const { RunStatus: status, ...schemas } = JSON.parse(JSON.stringify(openapi.components.schemas).replaceAll('schemas/RunStatus"', 'schemas/StatusOfRun"')) as Record<string, Schema>;
      openapi.components.schemas = { ...schemas, StatusOfRun: status! };
      openapi.paths = JSON.parse(JSON.stringify(openapi.paths).replaceAll('schemas/RunStatus"', 'schemas/StatusOfRun"')) as typeof openapi.paths;
    },
    told: ["compatible schema-renamed @ StatusOfRun"],
  },
  {
    what: "a schema is written out where it was referenced",
    edit: ({ schema }) => (schema("ChatEvent").anyOf![0] = structuredClone(schema("AgentsChatEvent"))),
    told: [],
  },
  {
    what: "null is said in another way",
    edit: ({ schema }) => {
      const { description } = schema("Agent").properties!["model"]!;
      schema("Agent").properties!["model"] = { type: ["string", "null"], ...(description === undefined ? {} : { description }) };
    },
    told: [],
  },
  {
    what: "sets and unions in another order",
    edit: ({ schema }) => {
      (schema("RunStatus")["enum"] as string[]).reverse();
      (schema("Webhook")["required"] as string[]).reverse();
      schema("AgentsChatEvent").oneOf!.reverse();
    },
    told: [],
  },
  {
    what: "an operation is described otherwise",
    edit: ({ operation }) => (operation("get", "/api/v1/agents").description = "All of them."),
    told: ["documentation described @ GET /api/v1/agents"],
  },
  {
    what: "a field is described otherwise",
    edit: ({ field }) => (field("Webhook", "url")["description"] = "Where to."),
    told: ["documentation described @ Webhook.url"],
  },
  {
    what: "an answer has another example",
    edit: ({ answer }) => Object.values(answer("get", "/api/v1/agents", "200").content!["application/json"]!.examples!).forEach((example) => (example.value = {})),
    told: ["documentation described @ GET /api/v1/agents 200"],
  },
];
