import { useCallback, useEffect, useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { useReport } from "../parts/use-report.ts";
import { formatJson } from "./json-text.ts";

/** The settings of the gateway in one version. */
export interface Version {
  text: string;
  /** Names it for `If-Match`. */
  etag: string;
}

export interface EditedSettings {
  /** What the gateway has; what is saved is compared with it. */
  version: Version | undefined;
  error: unknown;
  draft: string;
  setDraft: (draft: string) => void;
  /** Reads what the gateway has now; the draft stays when it is told so. */
  load: (options: { keepDraft: boolean }) => Promise<void>;
  /** Throws as the gateway answers; 412 when it has another version by now. */
  save: (settings: Schemas["SettingsDocument"], options: { force: boolean }) => Promise<Schemas["SettingsChange"]>;
}

export function useSettings(): EditedSettings {
  const { gateway } = useAccount();
  const report = useReport();
  const [version, setVersion] = useState<Version>();
  const [draft, setDraft] = useState("");
  const [error, setError] = useState<unknown>();

  const load = useCallback(
    async ({ keepDraft }: { keepDraft: boolean }) => {
      setError(undefined);
      try {
        const pending = gateway.api.GET("/api/v1/config", gateway.via);
        const read = versionOf(await dataOf(pending), (await pending).response);
        setVersion(read);
        if (!keepDraft) setDraft(read.text);
      } catch (thrown) {
        setError(report(thrown));
      }
    },
    [gateway, report],
  );
  useEffect(() => void load({ keepDraft: false }), [load]);

  async function save(settings: Schemas["SettingsDocument"], { force }: { force: boolean }) {
    const params = { header: { "If-Match": version?.etag ?? "*" }, query: { force } };
    const pending = gateway.api.PUT("/api/v1/config", { params, body: settings, ...gateway.via });
    const change = await dataOf(pending);
    const saved = versionOf(change.config, (await pending).response);
    setVersion(saved);
    setDraft(saved.text);
    return change;
  }

  return { version, error, draft, setDraft, load, save };
}

const versionOf = (settings: unknown, { headers }: Response): Version => ({ text: formatJson(settings), etag: headers.get("ETag") ?? "*" });
