import type { ToolsHandlers } from "../../generated/server/handlers.ts";
import type { RequestContext } from "../http/request-context.ts";
import { encodeTool } from "./encode.ts";
import type { Tools } from "./registry.ts";
import type { ToolInvocations } from "./service.ts";

/** The tools over HTTP. */
export function createToolsHandlers({ tools, invocations }: { tools: Tools; invocations: ToolInvocations }): Pick<ToolsHandlers<RequestContext>, "listTools" | "invokeTool"> {
  return {
    async listTools(_request, { principal }) {
      return { status: 200, body: { tools: tools.list().map((tool) => encodeTool(tool, tools, principal)) } };
    },
    async invokeTool({ path: { name }, body: { params = {} } }, { principal, signal }) {
      return { status: 200, body: { tool: name, ...(await invocations.invoke(name, params, principal, signal)) } };
    },
  };
}
