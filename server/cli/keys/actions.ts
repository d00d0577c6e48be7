import { keyPermissions, scopes } from "../../../generated/server/settings.ts";
import { dayMs } from "../../durations.ts";
import { encodeKey } from "../../keys/encode.ts";
import { owner as author } from "../../keys/key.ts";
import type { Key, NewKey } from "../../keys/service.ts";
import { parseAmount, parseDuration, parseExpiry, parseNames, parseText } from "./parse.ts";
import { showApiKey, showKeys, showToken } from "./show.ts";
import { withKeys } from "./with-keys.ts";

export interface SharedOptions {
  config?: string;
  json?: boolean;
}

interface LimitOptions {
  tools?: string;
  denyTools?: string;
  expires?: string;
  rateLimit?: string;
  maxTokensPerDay?: string;
}

export interface TokenOptions extends SharedOptions, LimitOptions {
  name?: string;
  scope?: string;
}

export interface ApiKeyOptions extends SharedOptions, LimitOptions {
  label?: string;
  workspaces?: string;
  permissions?: string;
}

export interface RotateOptions extends SharedOptions {
  grace?: string;
}

// Each does what its command says, and resolves with the exit status. Whoever can open the state folder acts as the owner: he
// could do everything in it anyway.

const mostGraceMs = 30 * dayMs;

export function createToken(options: TokenOptions): Promise<number> {
  return withKeys(options, async (keys) => {
    const wanted = { ...parseLimits(options), label: parseText(options.name, "--name"), scopes: parseNames(options.scope, "--scope", "scope", scopes), permissions: null, workspaces: null };
    print(await keys.create(author, wanted), options);
  });
}

export function createApiKey(options: ApiKeyOptions): Promise<number> {
  return withKeys(options, async (keys) => {
    const permissions = options.permissions === undefined ? null : parseNames(options.permissions, "--permissions", "permission", keyPermissions);
    const workspaces = options.workspaces === undefined ? null : parseNames(options.workspaces, "--workspaces");
    const wanted = { ...parseLimits(options), label: parseText(options.label, "--label"), scopes: null, permissions, workspaces: workspaces?.includes("*") ? ("*" as const) : workspaces };
    print(await keys.create(author, wanted), options);
  });
}

export function listKeys(options: SharedOptions): Promise<number> {
  return withKeys(options, async (keys) => {
    const all: Key[] = [];
    let cursor: string | undefined;
    do {
      const page = await keys.list(author, { limit: 100, cursor });
      all.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    console.log(options.json ? JSON.stringify({ keys: all.map(encodeKey) }) : showKeys(all, Date.now()));
  });
}

export function revokeKey(key: string, options: SharedOptions): Promise<number> {
  return withKeys(options, async (keys) => {
    const id = keys.idOf(key);
    await keys.revoke(author, id);
    console.log(options.json ? JSON.stringify({ id, revoked: true }) : `Revoked: ${id}`);
  });
}

export function rotateKey(key: string, options: RotateOptions): Promise<number> {
  return withKeys(options, async (keys) => {
    const graceMs = options.grace === undefined ? 0 : parseDuration(options.grace, "--grace", mostGraceMs);
    print(await keys.rotate(author, keys.idOf(key), graceMs), options);
    console.error(graceMs === 0 ? "The old key is revoked." : `The old key works until ${new Date(Date.now() + graceMs).toISOString()} at the latest.`);
  });
}

function parseLimits({ tools, denyTools, expires, rateLimit, maxTokensPerDay }: LimitOptions) {
  return {
    tools: tools === undefined ? null : parseNames(tools, "--tools"),
    denyTools: denyTools === undefined ? null : parseNames(denyTools, "--deny-tools"),
    expiresAt: expires === undefined ? null : parseExpiry(expires, "--expires", Date.now()),
    rateLimit: rateLimit === undefined ? null : parseAmount(rateLimit, "--rate-limit", 2 ** 31 - 1),
    maxTokensPerDay: maxTokensPerDay === undefined ? null : parseAmount(maxTokensPerDay, "--max-tokens-per-day", Number.MAX_SAFE_INTEGER),
  };
}

function print(made: NewKey, { json }: SharedOptions): void {
  if (json) console.log(JSON.stringify({ ...encodeKey(made.key), secret: made.secret }));
  else console.log(made.key.scopes ? showToken(made) : showApiKey(made));
}
