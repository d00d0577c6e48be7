import type { RunningGateway } from "../main.ts";
import type { Settings } from "../settings/settings.ts";

/** Tells whoever has started the gateway where it is, what answers, and how to go on. */
export function announce({ url, gateway }: RunningGateway, settings: Settings, file: string | null): void {
  const names = Object.keys(settings.models.providers);
  const lines = [
    "",
    "  OpenClaw Gateway",
    "",
    `  Listening   ${url}`,
    `  Provider    ${names.length === 0 ? "embedded model (set OPENAI_API_KEY or ANTHROPIC_API_KEY for a real one)" : names.join(", ")}`,
    `  In browser  ${url}/`,
    `  API docs    ${url}/docs`,
    `  Settings    ${file ?? "defaults (no settings file found)"}`,
    `  State       ${settings.stateDir}`,
  ];
  if (!settings.auth.enabled) lines.push("  Auth        off: whoever reaches this address may do everything");
  const token = gateway.firstToken;
  if (token !== null) lines.push("", `  Token       ${token}`, "              It is shown only this once. Keep it: every request needs it.");
  const shown = token ?? "$OPENCLAW_TOKEN";
  lines.push(
    "",
    "  Try it:",
    `    curl ${url}/api/v1/chat -H "Authorization: Bearer ${shown}" -H "Content-Type: application/json" -d '{"message":"Hello"}'`,
    `    npx openclaw chat${new URL(url).port === "18789" ? "" : ` --url ${url}`} --token ${shown}`,
    "",
    "",
  );
  process.stdout.write(lines.join("\n"));
}
