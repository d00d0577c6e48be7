import type { Planted } from "./planted.ts";

/** Edits of which each breaks clients. */
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
    told: ["breaking default-changed @ query LimitQuery.limit"],
  },
  {
    what: "a parameter takes less",
    edit: ({ parameter }) => (parameter("LimitQuery").schema["maximum"] = 50),
    told: ["breaking bound-narrowed @ query LimitQuery.limit"],
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
    edit: ({ schema }) => delete schema("AgentsChatAnswer").properties!["sessionId"],
    told: ["breaking field-removed @ AgentsChatAnswer.sessionId"],
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
    what: "the values of a map in an answer are of another type",
    edit: ({ schema }) => (schema("HealthDetail").properties!["channels"]!["additionalProperties"] = { type: "boolean" }),
    told: ["breaking type-changed @ HealthDetail.channels{}"],
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
