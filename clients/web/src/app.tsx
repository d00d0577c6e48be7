import { useMemo } from "preact/hooks";
import { AccountProvider } from "./account.ts";
import { LoginPage } from "./login/login-page.tsx";
import { useLogin } from "./login/use-login.ts";
import { Shell } from "./shell/shell.tsx";

/** Logged out, the login; logged in, the pages that the key may see. */
export function App() {
  const login = useLogin();
  const { account, logOut } = login;
  const context = useMemo(() => account && { ...account, may: (permission: (typeof account.key.effectivePermissions)[number]) => account.key.effectivePermissions.includes(permission), logOut }, [account, logOut]);
  if (!context) return <LoginPage login={login} />;
  return (
    <AccountProvider value={context}>
      <Shell />
    </AccountProvider>
  );
}
