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
