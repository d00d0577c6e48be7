import type { Key, NewKey } from "../../keys/service.ts";

// Keys as the documents show them on a terminal.

/** The conversations edition's form. */
export function showToken({ key, secret }: NewKey): string {
  return [`Token: ${secret}`, `Scope: ${key.scopes?.join(", ")}`, `Created: ${day(key.createdAt)}`].join("\n");
}

/** The workspaces edition's form. */
export function showApiKey({ key, secret }: NewKey): string {
  return [`API Key: ${secret}`, `Label: ${key.label}`, `Workspaces: ${workspaces(key)}`, `Created: ${day(key.createdAt)}`, "", "Save this key immediately — it is only shown once."].join("\n");
}

/** A table, one key a line. */
export function showKeys(keys: readonly Key[], now: number): string {
  if (keys.length === 0) return "There is no key yet.";
  const head = ["ID", "KEY", "LABEL", "STATE", "CREATED", "LAST USED", "WORKSPACES", "MAY"];
  const rows = [head, ...keys.map((key) => [key.id, `${key.prefix}…${key.lastFour}`, key.label, state(key, now), day(key.createdAt), day(key.lastUsedAt), workspaces(key), rights(key)])];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()).join("\n");
}

function state({ revokedAt, expiresAt, source }: Key, now: number): string {
  if (revokedAt !== null) return `revoked ${day(revokedAt)}`;
  if (expiresAt !== null) return `${expiresAt <= now ? "ended" : "until"} ${day(expiresAt)}`;
  return source === "settings" ? "in the settings" : "good";
}

function rights({ owner, scopes, permissions, tools, denyTools }: Key): string {
  if (owner) return "everything";
  const may = scopes || permissions ? [...(scopes ?? []), ...(permissions ?? [])].join(", ") || "nothing" : "all but config, logs, keys and webhooks";
  const named = tools === null ? "" : `; tools: ${tools.join(", ") || "none"}`;
  const denied = denyTools === null || denyTools.length === 0 ? "" : `; not ${denyTools.join(", ")}`;
  return may + named + denied;
}

const workspaces = ({ workspaces: visible }: Key) => (visible === "*" ? "*" : visible.join(", "));

const day = (epochMs: number | null) => (epochMs === null ? "-" : new Date(epochMs).toISOString().slice(0, 10));
