import type { ToolsHandlers } from "../../generated/server/handlers.ts";
import { pageOf } from "../http/page-of.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Mcp } from "./service.ts";

export function createMcpHandlers({ mcp }: { mcp: Pick<Mcp, "list"> }): Pick<ToolsHandlers<RequestContext>, "listMcpServers"> {
  return {
    async listMcpServers({ query }) {
      const { items, ...next } = pageOf(mcp.list(), query);
      return { status: 200, body: { servers: [...items], ...next } };
    },
  };
}
