import { GatewayError } from "../errors.ts";
import { newId } from "../ids.ts";
import { decodeCursor } from "../storage/cursor.ts";
import { type Page, toPage } from "../storage/page.ts";
import type { Authentication } from "./authentication.ts";
import { checkMayGive, maySeeKey } from "./grants.ts";
import { type Key, ownerKey } from "./key.ts";
import type { LastUse } from "./last-use.ts";
import type { Principal } from "./principal.ts";
import type { SettingsKey, SettingsKeys } from "./settings-keys.ts";
import type { KeyRecord, KeyStore } from "./store.ts";
import { hashToken, newToken, shownParts, type TokenPrefix } from "./token.ts";

export type { Key } from "./key.ts";

/** A key to make. */
export interface WantedKey {
  label: string;
  /** Null, together with `permissions`: everything but config, logs, keys and webhooks. */
  scopes: readonly string[] | null;
  permissions: readonly string[] | null;
  /** Null: all that the author may see. */
  workspaces: readonly string[] | "*" | null;
  /** Names or globs of tools. Null: all that the author may call. */
  tools: readonly string[] | null;
  /** Those that it may not call, whatever else allows them. Null: those that the author may not. */
  denyTools: readonly string[] | null;
  rateLimit: number | null;
  maxTokensPerDay: number | null;
  /** Epoch milliseconds. */
  expiresAt: number | null;
}

/** A key that was just made. The secret is nowhere else. */
export interface NewKey {
  key: Key;
  secret: string;
}

/** Keys, as those who make and take them see it. An author sees the keys of his own workspaces; every other is `not_found`. */
export interface Keys {
  /** Those of the database and of the settings, in the order of their ids. */
  list(author: Principal, page: { limit: number; cursor?: string | undefined }): Promise<Page<Key>>;
  /** Throws `forbidden` on what the author lacks himself, `bad_request` on an unknown workspace and an end in the past. */
  create(author: Principal, wanted: WantedKey): Promise<NewKey>;
  /** For good; one that is revoked stays as it is. Throws `not_found`, `conflict` on a key of the settings, `forbidden` on the owner's for all but him and admins. */
  revoke(author: Principal, id: string): Promise<void>;
  /**
   * Makes a key like the old one, with the same end, and ends the old one after `graceMs`. Throws `not_found`; `conflict` on a key of
   * the settings, and on one that has ended; `forbidden` on what the author lacks himself, since he is handed a secret.
   */
  rotate(author: Principal, id: string, graceMs: number): Promise<NewKey>;
  /** The key that asks, and what it may really do. */
  own(principal: Principal): { key: Key; permissions: readonly string[] };
  /** The id of the key that a token belongs to; anything else is taken for an id and given back. */
  idOf(tokenOrId: string): string;
  /** Makes the owner's token when there is no key at all; null when there is one. Only its hash is kept. */
  createFirstToken(): Promise<string | null>;
}

interface KeysOptions {
  store: KeyStore;
  settingsKeys: SettingsKeys;
  authentication: Authentication;
  lastUse: LastUse;
  /** The ids of the workspaces that somebody may see. */
  workspaceIds: (principal: Principal) => Promise<readonly string[]>;
  /** Every permission of the contract. */
  permissions: readonly string[];
  now: () => number;
}

export function createKeys({ store, settingsKeys, authentication, lastUse, workspaceIds, permissions, now }: KeysOptions): Keys {
  const shown = (key: Key): Key => ({ ...key, lastUsedAt: lastUse.of(key.id) ?? key.lastUsedAt });

  /** A record of a new key, and its secret. */
  function make(prefix: TokenPrefix, given: Omit<WantedKey, "workspaces"> & Pick<Key, "workspaces" | "owner">): { record: KeyRecord; secret: string } {
    const secret = newToken(prefix);
    const record: KeyRecord = { ...given, id: newId("key"), source: "stored", hash: hashToken(secret), ...shownParts(secret), createdAt: now(), lastUsedAt: null, revokedAt: null };
    return { record, secret };
  }

  /** A key of the database that the author may change. */
  function changeable(author: Principal, id: string, change: string): KeyRecord {
    const ofSettings = settingsKeys.byId(id);
    const key = ofSettings?.key ?? store.find(id);
    if (!key || !maySeeKey(author, key)) throw new GatewayError("not_found", `There is no key \`${id}\`.`);
    if (ofSettings) throw inSettings(ofSettings, change);
    // Whoever may make keys must not lock out the one that everything hangs on.
    if (key.owner && author.permissions !== "*") throw new GatewayError("forbidden", "The owner's key can be changed only by the owner, or by a key with the scope `admin`.");
    return key as KeyRecord;
  }

  async function checkWorkspaces(author: Principal, named: readonly string[]): Promise<void> {
    const known = await workspaceIds(author);
    const unknown = named.filter((id) => !known.includes(id));
    if (unknown.length === 0) return;
    throw new GatewayError("bad_request", `There is no workspace ${unknown.map((id) => `\`${id}\``).join(", ")}. The workspaces are ${known.join(", ")}.`, {
      details: { workspaces: known, errors: unknown.map((id) => ({ path: `/workspaces/${named.indexOf(id)}`, message: "is no workspace" })) },
    });
  }

  /** Those behind an id that the author may see, as many as asked for. */
  async function storedAfter(author: Principal, start: string, limit: number): Promise<Key[]> {
    const found: Key[] = [];
    for (let after = start; found.length < limit; ) {
      const batch = await store.list({ after, limit: author.workspaces === "*" ? limit : batchSize });
      found.push(...batch.filter((key) => maySeeKey(author, key)));
      if (batch.length < batchSize) break;
      after = batch.at(-1)!.id;
    }
    return found;
  }

  return {
    async list(author, { limit, cursor }) {
      const after = cursor === undefined ? "" : decodeCursor(cursor, ["string"])[0];
      const ofSettings = Array.from(settingsKeys.list(), ({ key }) => key).filter((key) => key.id > after && maySeeKey(author, key));
      const all = [...ofSettings, ...(await storedAfter(author, after, limit + 1))].sort((a, b) => (a.id < b.id ? -1 : 1));
      return toPage(all, limit, shown, ({ id }) => [id]);
    },
    async create(author, wanted) {
      const workspaces = wanted.workspaces ?? author.workspaces;
      const given = { ...wanted, workspaces, tools: wanted.tools ?? author.tools, denyTools: wanted.denyTools ?? author.denyTools, owner: false };
      checkMayGive(author, given, permissions);
      if (wanted.workspaces !== null && wanted.workspaces !== "*") await checkWorkspaces(author, wanted.workspaces);
      if (wanted.expiresAt !== null && wanted.expiresAt <= now()) throw inThePast();
      const { record, secret } = make(wanted.scopes ? "oc_tok_" : "oclaw_live_", given);
      await store.insert(record);
      return { key: record, secret };
    },
    async revoke(author, id) {
      const { hash } = changeable(author, id, "revoked");
      await store.revoke(id, now());
      authentication.forget(hash);
    },
    async rotate(author, id, graceMs) {
      const old = changeable(author, id, "rotated");
      checkMayGive(author, old, permissions);
      const time = now();
      const { record, secret } = make(old.prefix || "oclaw_live_", old);
      const end = Math.min(time + graceMs, old.expiresAt ?? Infinity);
      const isReplaced = await store.replace(old.id, graceMs === 0 ? { at: time, revokedAt: time } : { at: time, expiresAt: end }, record);
      if (!isReplaced) throw new GatewayError("conflict", `The key \`${id}\` is revoked or has ended. Make a new one instead.`);
      authentication.forget(old.hash);
      return { key: record, secret };
    },
    own({ keyId, permissions: held }) {
      const key = settingsKeys.byId(keyId)?.key ?? store.find(keyId) ?? ownerKey(keyId);
      return { key: shown(key), permissions: held === "*" ? permissions : permissions.filter((permission) => held.has(permission)) };
    },
    idOf(tokenOrId) {
      const hash = hashToken(tokenOrId);
      return settingsKeys.byHash(hash)?.key.id ?? store.findByHash(hash)?.id ?? tokenOrId;
    },
    async createFirstToken() {
      if (!settingsKeys.isEnabled || [...settingsKeys.list()].length > 0 || (await store.count()) > 0) return null;
      const { record, secret } = make("oc_tok_", { ...ownerKey(""), label: "First start" });
      await store.insert(record);
      return secret;
    },
  };
}

/** How many keys are read at once where some of them may not be seen. */
const batchSize = 500;

function inSettings({ key, place }: SettingsKey, change: string): GatewayError {
  return new GatewayError("conflict", `The key \`${key.id}\` stands in the settings, at ${place}, and cannot be ${change} here. Remove it there.`, { details: { place } });
}

function inThePast(): GatewayError {
  const message = "must not be in the past";
  return new GatewayError("bad_request", `/expiresAt ${message}.`, { details: { errors: [{ path: "/expiresAt", message }] } });
}
