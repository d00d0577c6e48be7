import type { Telegram as TelegramFile } from "../../generated/server/settings.ts";
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
    telegram: foldTelegram(channels.telegram, folding),
    discord: foldChannel("discord", channels.discord, ["botToken"], folding),
    slack: foldChannel("slack", channels.slack, ["botToken", "appToken"], folding),
    whatsapp: foldChannel("whatsapp", channels.whatsapp, ["accessToken", "phoneNumberId", "verifyToken", "appSecret"], folding),
  };
}

function foldTelegram(written: TelegramFile | undefined, folding: Folding): ChannelsSettings["telegram"] {
  const channel = foldChannel("telegram", written, ["botToken"], folding);
  const webhook = written?.webhook ?? null;
  if (channel?.enabled && webhook) {
    checkUrl(webhook.url, "/channels/telegram/webhook/url", folding);
    // What Telegram's setWebhook takes.
    if (!/^[\w-]{1,256}$/.test(webhook.secret)) folding.fault("/channels/telegram/webhook/secret", "must be 1 to 256 letters, digits, `_` or `-`.");
  }
  return channel && { ...channel, webhook };
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
