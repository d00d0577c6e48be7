import { useCallback, useEffect, useState } from "preact/hooks";
import { OpenClawError } from "../../../typescript/sdk/src/index.ts";
import { createGateway, dataOf, type Gateway, type OwnKey } from "../gateway.ts";

/** Who is logged in: the gateway with the key's token, and what the gateway says of the key. */
export interface Account {
  gateway: Gateway;
  key: OwnKey;
}

export interface Login {
  /** `checking` while a token of before is tried. */
  state: "checking" | "out" | "in";
  account: Account | undefined;
  /** Why the reader is not logged in, when there is something to say. */
  problem: unknown;
  logIn: (token: string) => Promise<void>;
  logOut: (problem?: unknown) => void;
}

/** The token lives as long as the tab, and is nowhere else: not in the address, not on the disk. */
const storedAs = "openclaw.token";

/** Logging in is asking the gateway whose token it is; empty means none, for a gateway whose auth is off. */
export function useLogin(): Login {
  const [account, setAccount] = useState<Account>();
  const [problem, setProblem] = useState<unknown>();
  const [isChecking, setIsChecking] = useState(sessionStorage.getItem(storedAs) !== null);

  const logIn = useCallback(async (token: string) => {
    setIsChecking(true);
    try {
      const gateway = createGateway(token === "" ? undefined : token);
      const key = await dataOf(gateway.api.GET("/api/v1/keys/self", gateway.via));
      sessionStorage.setItem(storedAs, token);
      setProblem(undefined);
      setAccount({ gateway, key });
    } catch (error) {
      // A gateway that is away for a moment takes nobody's token from him.
      if (error instanceof OpenClawError && error.status === 401) sessionStorage.removeItem(storedAs);
      setProblem(error);
    } finally {
      setIsChecking(false);
    }
  }, []);

  const logOut = useCallback((why?: unknown) => {
    // What other parts keep for the tab is this key's as well.
    sessionStorage.clear();
    setProblem(why);
    setAccount(undefined);
  }, []);

  useEffect(() => {
    const stored = sessionStorage.getItem(storedAs);
    if (stored !== null) void logIn(stored);
  }, [logIn]);

  return { state: account ? "in" : isChecking ? "checking" : "out", account, problem, logIn, logOut };
}
