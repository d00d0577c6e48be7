import { Icon } from "../parts/icon.tsx";
import { useTheme } from "../theme.ts";

const names = { system: "system", light: "light", dark: "dark" };

export function ThemeSwitch() {
  const { theme, next } = useTheme();
  const label = `Theme: ${names[theme]}`;
  return (
    <button type="button" class="quiet" onClick={next} title={`${label}. Press to change.`}>
      <Icon name={theme} />
      <span class="hide-narrow">{label}</span>
      <span class="only-narrow visually-hidden">{label}</span>
    </button>
  );
}
