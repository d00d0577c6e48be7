import { InvalidArgumentError, Option } from "commander";

/** `--url`: where the gateway is. */
export function urlOption(): Option {
  return new Option("-u, --url <address>", "where the gateway is").env("OPENCLAW_URL").default("http://127.0.0.1:18789").argParser(parseUrl);
}

/** `--token`; see `tokenOf`. */
export function tokenOption(): Option {
  return new Option("-t, --token <token>", "token of a key (default $OPENCLAW_TOKEN, then $GATEWAY_AUTH_TOKEN)");
}

/** The token that was given, or that of the environment. */
export function tokenOf(given: string | undefined): string | undefined {
  const { OPENCLAW_TOKEN, GATEWAY_AUTH_TOKEN } = process.env;
  return given ?? (OPENCLAW_TOKEN || GATEWAY_AUTH_TOKEN || undefined);
}

/** An address as it was given, without slashes at its end. */
export function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError("an address looks like http://127.0.0.1:18789.");
  return text.replace(/\/+$/, "");
}
