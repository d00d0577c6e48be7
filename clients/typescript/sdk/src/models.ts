import type { Connection } from "../../core/connection.ts";
import type { CallOptions, QueryOf, Schemas } from "../../core/index.ts";

/** Every model of every provider that the gateway has. */
export interface Models {
  list(query?: QueryOf<"listModels">, options?: CallOptions): Promise<Schemas["ModelList"]>;
}

/** @internal */
export function createModels({ call }: Connection): Models {
  return { list: (query = {}, options) => call("listModels", { query }, options) };
}
