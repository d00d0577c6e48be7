import { keyPermissions } from "../generated/server/settings.ts";
import { type Authentication, createAuthentication } from "./keys/authentication.ts";
import { createLastUse, type LastUse } from "./keys/last-use.ts";
import { createKeys, type Keys } from "./keys/service.ts";
import { createSettingsKeys, type SettingsKeys } from "./keys/settings-keys.ts";
import { createKeyStore } from "./keys/store.ts";
import type { AuthSettings, Settings } from "./settings/settings.ts";
import { type Database, openDatabase } from "./storage/database.ts";
import type { Workspaces } from "./workspaces/service.ts";
import { createWorkspaceStore } from "./workspaces/store.ts";

interface KeysOptions {
  database: Database;
  auth: AuthSettings;
  workspaceIds: Workspaces["ids"];
  now: () => number;
  /** Told when what nobody waits for went wrong. */
  onFailure: (cause: unknown) => void;
}

interface ComposedKeys {
  keys: Keys;
  authentication: Authentication;
  settingsKeys: SettingsKeys;
  lastUse: LastUse;
}

/** Joins the keys with the database. Apart from the rest of the gateway, since the command line needs them alone. */
export function composeKeys({ database, auth, workspaceIds, now, onFailure }: KeysOptions): ComposedKeys {
  const permissions = keyPermissions;
  const store = createKeyStore({ database });
  const settingsKeys = createSettingsKeys(auth, permissions);
  const lastUse = createLastUse({ write: (uses) => store.touch(uses), onFailure });
  const authentication = createAuthentication({ settingsKeys, store, lastUse, permissions, now });
  const keys = createKeys({ store, settingsKeys, authentication, lastUse, workspaceIds, permissions, now });
  return { keys, authentication, settingsKeys, lastUse };
}

/** The keys of a state folder, whether a gateway runs on it or not. Throws a `DatabaseOpenError`. */
export async function openKeys({ storage, auth, workspaces: declared }: Settings): Promise<{ keys: Keys; close: () => Promise<void> }> {
  const database = await openDatabase(storage.url);
  const workspaces = createWorkspaceStore({ database });
  // Before the first start the workspaces stand in the settings only.
  const workspaceIds: Workspaces["ids"] = async () => [...new Set([...(await workspaces.ids()), ...declared.map(({ id }) => id)])].sort();
  const { keys } = composeKeys({ database, auth, workspaceIds, now: Date.now, onFailure: () => {} });
  return { keys, close: () => database.close() };
}
