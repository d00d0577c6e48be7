import { checkUrl } from "./check-url.ts";
import type { Folding } from "./folding.ts";
import type { ChannelsSettings } from "./settings.ts";

const apiRoots = {
  telegram: "https://api.telegram.org",
  discord: "https://discord.com/api",
  slack: "https://slack.com/api",
  whatsapp: "https://graph.facebook.com",
};

/** The platforms of the file; an enabled one must have all its credentials. */
export function foldChannels(folding: Folding): ChannelsSettings {
  const { channels = {} } = folding.file;
  return {
    telegram: foldChannel("telegram", channels.telegram, ["botToken"], folding),
    discord: foldChannel("discord", channels.discord, ["botToken"], folding),
    slack: foldChannel("slack", channels.slack, ["botToken", "appToken"], folding),
    whatsapp: foldChannel("whatsapp", channels.whatsapp, ["accessToken", "phoneNumberId", "verifyToken", "appSecret"], folding),
  };
}

type Written<Credential extends string> = { enabled?: boolean; apiRoot?: string; workspace?: string } & { [name in Credential]?: string };

function foldChannel<Credential extends string>(name: keyof ChannelsSettings, written: Written<Credential> | undefined, credentials: readonly Credential[], folding: Folding) {
  if (!written) return null;
  const { enabled = true, apiRoot = apiRoots[name], workspace = "default" } = written;
  if (enabled) {
    checkUrl(apiRoot, `/channels/${name}/apiRoot`, folding);
    for (const credential of credentials) {
      if (!written[credential]) folding.fault(`/channels/${name}/${credential}`, "must be set while the channel is enabled; `enabled: false` turns it off.");
    }
  }
  const secrets = Object.fromEntries(credentials.map((credential) => [credential, written[credential] ?? ""])) as Record<Credential, string>;
  return { enabled, apiRoot, workspace, ...secrets };
}
