import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deprecationHeaders } from "./deprecation.ts";
import type { Operation } from "./operations.ts";
import { header } from "./paths.ts";

/** `server/routes.ts`: what the server mounts, one entry an operation, with its validators. */
export async function writeRoutes(operations: readonly Operation[], generated: string): Promise<void> {
  const entries = operations.map((operation) => {
    const { id, method, path, permission, rateClass, face, parameters, bodySchemas, bodyTypes, keepsRawBody, answers, raw } = operation;
    const fields = [
      `operationId: "${id}"`,
      `method: "${method}"`,
      `path: "${path.replaceAll(/\{(\w+)\}/g, ":$1")}"`,
      `permission: "${permission}"`,
      `rateClass: "${rateClass}"`,
      `face: "${face}"`,
      `parameters: ${parameters.length > 0 ? `parameters.${id}` : "null"}`,
      `bodies: ${bodySchemas ? `[${bodySchemas.map((name) => `bodies.${name}`).join(", ")}]` : "null"}`,
      `bodyTypes: [${bodyTypes.map((name) => `"${name}"`).join(", ")}]`,
      `needsBody: ${raw.requestBody?.required === true}`,
      `keepsRawBody: ${keepsRawBody}`,
      `resumes: ${parameters.some(({ name }) => name === "Last-Event-ID")}`,
      `streams: ${answers.some(({ mediaType }) => mediaType === "text/event-stream")}`,
      `deprecation: ${JSON.stringify(deprecationHeaders(raw))}`,
    ];
    return `  { ${fields.join(", ")} },\n`;
  });
  const permissions = [...new Set(operations.map(({ permission }) => permission))].sort();
  const rateClasses = [...new Set(operations.map(({ rateClass }) => rateClass))].sort();
  const union = (names: string[]) => names.map((name) => `"${name}"`).join(" | ");
  await writeFile(
    join(generated, "server/routes.ts"),
    `${header("routes.ts")}
import type { ValidateFunction } from "ajv";
import * as bodies from "../validators/bodies.js";
import * as parameters from "../validators/parameters.js";
import type { operations } from "./contract.ts";

/** What a key must hold; \`none\` is open to everybody, \`any\` to every valid key. */
export type Permission = ${union(permissions)};

export type RateClass = ${union(rateClasses)};

export interface Route {
  readonly operationId: keyof operations;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** The path as @koa/router takes it. */
  readonly path: string;
  readonly permission: Permission;
  readonly rateClass: RateClass;
  /** The face of its errors. */
  readonly face: "api" | "plain" | "openai";
  /** Validates and coerces \`{path, query, headers}\`; null without parameters. */
  readonly parameters: ValidateFunction | null;
  /** One validator a member of the body's union; null without a body. */
  readonly bodies: readonly ValidateFunction[] | null;
  /** The media types that a body may have. */
  readonly bodyTypes: readonly string[];
  /** Whether a request without a body is refused. */
  readonly needsBody: boolean;
  /** Whether the handler gets the body's bytes as they were sent, too. */
  readonly keepsRawBody: boolean;
  /** Whether it goes on with a stream when there is a \`Last-Event-ID\`, and does nothing else. */
  readonly resumes: boolean;
  /** Whether it can answer with events. */
  readonly streams: boolean;
  /** The headers by which each answer says that the operation is deprecated; null when it is not. */
  readonly deprecation: Readonly<Record<string, string>> | null;
}

export const routes: readonly Route[] = [
${entries.join("")}];
`,
  );
}
