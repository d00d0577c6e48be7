import type { components } from "../../generated/server/contract.ts";
import type { ModelsHandlers } from "../../generated/server/handlers.ts";
import { pageOf } from "../http/page-of.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { ListedModel, Providers } from "../providers/registry.ts";

export function createModelsHandlers({ providers }: { providers: Providers }): ModelsHandlers<RequestContext> {
  return {
    async listModels({ query }, { signal }) {
      const { items, ...next } = pageOf(await providers.list(signal), query);
      return { status: 200, body: { models: items.map(encode), ...next } };
    },
  };
}

function encode({ id, provider, contextWindow, price, default: isDefault }: ListedModel): components["schemas"]["Model"] {
  return { id, provider, ...(contextWindow === undefined ? {} : { contextWindow }), ...(price === undefined ? {} : { price }), isDefault };
}
