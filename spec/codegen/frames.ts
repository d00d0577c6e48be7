import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";
import type { OpenapiDocument } from "./document.ts";
import { header } from "./paths.ts";
import { writeFrameValidators } from "./validators.ts";

/** `server/frame-types.ts`, the types of the frames of `/ws`; `server/frames.ts`, with the validator of those that clients send, and `server/answer-frames.ts`, of those that the server sends. */
export async function writeFrames(document: OpenapiDocument, generated: string): Promise<void> {
  const types = await openapiTS(JSON.stringify({ ...document, paths: {} }), { defaultNonNullable: true });
  await Promise.all([
    writeFrameValidators(document, generated),
    writeFile(join(generated, "server/frame-types.ts"), header("frames.ts") + astToString(types)),
    writeFile(
      join(generated, "server/frames.ts"),
      `${header("frames.ts")}
import type { ValidateFunction } from "ajv";
import * as frames from "../validators/frames.js";
import type { components } from "./frame-types.ts";

/** The frames of \`/ws\` by name. */
export type Frames = components["schemas"];

/** Validates what a client sends, and fills in defaults. */
export const clientFrame: ValidateFunction = frames.ClientFrame;
`,
    ),
    writeFile(
      join(generated, "server/answer-frames.ts"),
      `${header("frames.ts")}
import type { ValidateFunction } from "ajv";
import * as frames from "../validators/answer-frames.js";

/** Validates what the server sends on \`/ws\`. The gateway never loads it. */
export const serverFrame: ValidateFunction = frames.ServerFrame;
`,
    ),
  ]);
}
