/** Drawn on 24 × 24 with a pen of 1.8. A page adds its own here. */
const drawings = {
  chat: "M4 5h16v11H9l-5 4z",
  sessions: "M5 6h14M5 12h14M5 18h9",
  keys: "M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 12l8-8M16 7l3 3M14 9l2 2",
  overview: "M4 20V10M10 20V4M16 20v-7M4 20h17",
  cron: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.5l3 2",
  webhooks: "M10 9a3 3 0 1 1 4.5 2.6L17 16M13 6.5l-4 7M7 14a3 3 0 1 0 3 3h7M17 20a3 3 0 1 0-1.5-5.6",
  logs: "M5 4h14v16H5zM8.5 9h7M8.5 12.5h7M8.5 16h4",
  settings: "M4 7h9M17 7h3M15 4.5v5M4 17h3M11 17h9M9 14.5v5",
  plus: "M12 5v14M5 12h14",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  done: "M5 12.5l4.5 4.5L19 7.5",
  stop: "M7 7h10v10H7z",
  send: "M12 19V5M6 11l6-6 6 6",
  tool: "M14.5 6.5a4 4 0 0 1 5-1l-3 3 1 2 2 1 1-1a4 4 0 0 1-5.5 3L8 20.5 4.5 17l7-7a4 4 0 0 1 3-3.5z",
  close: "M6 6l12 12M18 6L6 18",
  light: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v1M12 20v1M3 12h1M20 12h1M5.6 5.6l.7.7M17.7 17.7l.7.7M18.4 5.6l-.7.7M6.3 17.7l-.7.7",
  dark: "M19 14.5A7.5 7.5 0 0 1 9.5 5 7.5 7.5 0 1 0 19 14.5z",
  system: "M4 5h16v11H4zM9 20h6M12 16v4",
  logOut: "M14 4H5v16h9M10 12h10M16.5 8.5L20 12l-3.5 3.5",
  back: "M15 5l-7 7 7 7",
} as const;

export type IconName = keyof typeof drawings;

/** Says nothing by itself: the button or link around it has the words. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={drawings[name]} />
    </svg>
  );
}
