import type { components } from "../../generated/server/contract.ts";
import type { SettingsHandlers } from "../../generated/server/handlers.ts";
import { GatewayError } from "../errors.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { ChangeConditions, ChangedSettings, SettingsService, ShownSettings } from "./service.ts";

type Schemas = components["schemas"];

/** The settings in two editions. Without a service, in a gateway that was not started from a settings file or its defaults, there is nothing to show. */
export function createSettingsHandlers({ settings }: { settings: SettingsService | null }): SettingsHandlers<RequestContext> {
  function service(): SettingsService {
    if (!settings) throw new GatewayError("service_unavailable", "The program that started this gateway keeps its settings; they can neither be read nor changed here.");
    return settings;
  }
  const author = ({ principal: { keyId, workspaces }, address, host }: RequestContext) => ({ keyId, address, host, workspaces });
  const read = async (_request: unknown, context: RequestContext) => encode(await service().read(author(context)));

  return {
    // The operator edition.
    getSettings: read,
    async replaceSettings({ body, query, headers }, context) {
      return encodeChange(await service().replace(body, author(context), conditions(headers["if-match"], query.force)));
    },

    // The plain edition.
    getPlainSettings: read,
    async updatePlainSettings({ body, query, headers }, context) {
      return encodeChange(await service().patch(body, author(context), conditions(headers["if-match"], query.force)));
    },
  };
}

/** `If-Match` compares strongly (RFC 9110, section 13.1.1): a weak tag fits nothing. */
function conditions(ifMatch: string | undefined, force: boolean): ChangeConditions {
  if (ifMatch === undefined || ifMatch.trim() === "*") return { versions: null, force };
  return { versions: ifMatch.split(",").flatMap((tag) => /^\s*"([^"]*)"\s*$/.exec(tag)?.[1] ?? []), force };
}

const entityTag = ({ version }: ShownSettings) => ({ ETag: `"${version}"` });

function encode(shown: ShownSettings) {
  return { status: 200, headers: entityTag(shown), body: shown.written as Schemas["SettingsDocument"] } as const;
}

function encodeChange(changed: ChangedSettings) {
  const { written, restartRequired, warnings } = changed;
  return { status: 200, headers: entityTag(changed), body: { config: written as Schemas["SettingsDocument"], restartRequired, warnings } } as const;
}
