import { useState } from "preact/hooks";

export type Theme = "system" | "light" | "dark";

const storedAs = "openclaw.theme";
const themes: readonly Theme[] = ["system", "light", "dark"];

/** The reader's choice, kept for the next visit; `system` follows `prefers-color-scheme`. */
export function useTheme(): { theme: Theme; next: () => void } {
  const [theme, setTheme] = useState(storedTheme);
  const next = () => {
    const chosen = themes[(themes.indexOf(theme) + 1) % themes.length]!;
    localStorage.setItem(storedAs, chosen);
    showTheme(chosen);
    setTheme(chosen);
  };
  return { theme, next };
}

/** Before anything is drawn, so that nothing flashes. */
export function showStoredTheme(): void {
  showTheme(storedTheme());
}

function storedTheme(): Theme {
  const stored = localStorage.getItem(storedAs);
  return themes.find((theme) => theme === stored) ?? "system";
}

function showTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
}
