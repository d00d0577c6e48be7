import type { Schema } from "../codegen/document.ts";
import type { Planted } from "./planted.ts";

/** Edits of which none breaks clients. */
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
    what: "an operation is deprecated, and its answers say so",
    edit: ({ operation, answer }) => {
      operation("get", "/api/v1/agents").deprecated = true;
      const said = answer("get", "/api/v1/agents", "200");
      said.headers = { ...said.headers, Deprecation: { required: true, schema: { type: "string" } }, Sunset: { required: true, schema: { type: "string" } } };
    },
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
