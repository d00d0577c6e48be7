import { dataOf, type Connection } from "../../core/connection.ts";
import type { CallOptions, QueryOf, Schemas } from "../../core/index.ts";

/** Every model of every provider that the gateway has. */
export interface Models {
  list(query?: QueryOf<"listModels">, options?: CallOptions): Promise<Schemas["ModelList"]>;
}

/** @internal */
export function createModels({ api, via }: Connection): Models {
  return {
    list: (query = {}, options) => dataOf(api.GET("/api/v1/models", { params: { query }, ...via(options) })),
  };
}
