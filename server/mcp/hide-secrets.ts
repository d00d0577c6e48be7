import type { McpServerSettings } from "../settings/settings.ts";

/** Takes out of a text the values that the settings send to a server, should the server repeat them. Those under 6 characters are words. */
export function createHideSecrets(settings: McpServerSettings): (text: string) => string {
  const values = Object.values(settings.transport === "http" ? settings.headers : settings.env);
  // `Bearer <token>`: the token alone is secret, too.
  const secrets = [...new Set(values.flatMap((value) => [value, ...value.split(/\s+/)]))].filter((value) => value.length >= 6).sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, "[redacted]"), text);
}
