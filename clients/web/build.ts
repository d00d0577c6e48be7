import { fileURLToPath } from "node:url";
import { build } from "vite";

const source = fileURLToPath(new URL(".", import.meta.url));

/** Builds the pages into a folder: `index.html`, and `assets/` with the files it names. The same source gives the same bytes. */
export async function buildPages(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: source,
    // The pages lie at several depths (`/`, `/app/chat/sess_…`), their files at one place.
    base: "/",
    mode: "production",
    logLevel: "warn",
    define: { "process.env.NODE_ENV": '"production"' },
    // Said, since Vite would go by NODE_ENV, and tests have another.
    oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2022",
      // The Content-Security-Policy allows no `data:` and no inline script.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
}

if (import.meta.main) await buildPages(fileURLToPath(new URL("../../generated/web", import.meta.url)));
