import { useCallback } from "preact/hooks";
import { OpenClawError } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";

/** Takes what a call threw and hands it on to be shown. A token that has ended meanwhile leads back to the login, which says why. */
export function useReport(): (error: unknown) => unknown {
  const { logOut } = useAccount();
  return useCallback(
    (error) => {
      if (error instanceof OpenClawError && error.status === 401) logOut(error);
      return error;
    },
    [logOut],
  );
}
