import { useState } from "preact/hooks";
import { Notice } from "../parts/notice.tsx";
import { ThemeSwitch } from "../shell/theme-switch.tsx";
import type { Login } from "./use-login.ts";
import "./login.css";

/** Asks for the token. A form without an address: the token leaves the page in an `Authorization` header only. */
export function LoginPage({ login: { state, problem, logIn } }: { login: Login }) {
  const [token, setToken] = useState("");
  const [isBad, setIsBad] = useState(false);

  function submit(event: Event) {
    event.preventDefault();
    const trimmed = token.trim();
    // What cannot stand in a header is no token; fetch would only throw.
    const isSendable = /^[\x21-\x7e]*$/.test(trimmed);
    setIsBad(!isSendable);
    if (isSendable) void logIn(trimmed);
  }

  return (
    <main class="login">
      <form class="login-card" onSubmit={submit} aria-labelledby="login-title">
        <img src="/assets/icon.svg" alt="" width="48" height="48" />
        <h1 id="login-title">OpenClaw Gateway</h1>
        <p class="muted">Log in with the token of a key. The first start of the gateway printed the owner’s.</p>
        <label for="token">Token</label>
        <input
          id="token"
          type="password"
          autocomplete="current-password"
          spellcheck={false}
          placeholder="oc_tok_…"
          autofocus={state === "out"}
          value={token}
          aria-describedby="token-hint"
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <p id="token-hint" class="hint">
          It stays in this tab and is forgotten when you close it. Leave it empty if the gateway runs without auth.
        </p>
        {isBad && <Notice error="A token has no blanks and no accents: copy it again, whole." />}
        {!isBad && problem !== undefined && <Notice error={problem} hints={{ 401: "Check that you copied all of it. `npx openclaw token list` on the gateway’s machine shows the keys, and `npx openclaw token create` makes one." }} />}
        <button class="primary" type="submit" disabled={state === "checking"}>
          {state === "checking" ? "Logging in…" : "Log in"}
        </button>
      </form>
      <footer>
        <a href="/docs">API reference</a>
        <ThemeSwitch />
      </footer>
    </main>
  );
}
