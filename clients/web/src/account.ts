import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Gateway, OwnKey, Permission } from "./gateway.ts";

/** What every page works with: `useAccount()`. */
export interface AccountContext {
  gateway: Gateway;
  key: OwnKey;
  may: (permission: Permission) => boolean;
  logOut: (problem?: unknown) => void;
}

const Context = createContext<AccountContext | undefined>(undefined);

export const AccountProvider = Context.Provider;

export function useAccount(): AccountContext {
  const account = useContext(Context);
  if (!account) throw new Error("nobody is logged in");
  return account;
}
