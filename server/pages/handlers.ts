import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { PagesHandlers } from "../../generated/server/handlers.ts";
import { GatewayError } from "../errors.ts";
import { packageFile } from "../package-files.ts";
import type { RequestContext } from "../http/request-context.ts";

type File = Awaited<ReturnType<PagesHandlers<RequestContext>["getPageFile"]>> & { status: 200 };

/**
 * What the pages may do: run their own script, which may put nothing but what DOMPurify has cleaned into the page (W3C
 * Trusted Types), style themselves from their own file, and ask this gateway.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types dompurify",
].join("; ");

const folder = packageFile("generated/web/");
const contentTypes = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" } as const;

/** The pages as `clients/web` was built. They are read when somebody first opens one, and kept. */
export function createPagesHandlers(): PagesHandlers<RequestContext> {
  let shell: Promise<string> | undefined;
  let files: Promise<ReadonlyMap<string, File>> | undefined;

  async function answerShell() {
    shell ??= readFile(new URL("index.html", folder), "utf8");
    return { status: 200, headers: { "Content-Security-Policy": policy, "Cache-Control": "no-cache" }, contentType: "text/html", text: await shell } as const;
  }

  return {
    getPages: answerShell,
    getPage: answerShell,
    getPageOfObject: answerShell,
    async getPageFile({ path: { file } }) {
      files ??= readFiles();
      const found = (await files).get(file);
      if (!found) throw new GatewayError("not_found", "The pages have no file of this name. Load the page again: the gateway may have been updated.");
      return found;
    },
  };
}

/** Every file there is: a name that is asked for never becomes a path. */
async function readFiles(): Promise<ReadonlyMap<string, File>> {
  const names = await readdir(new URL("assets/", folder));
  return new Map(await Promise.all(names.map(async (name) => [name, await readPageFile(name)] as const)));
}

async function readPageFile(name: string): Promise<File> {
  const contentType = contentTypes[extname(name) as keyof typeof contentTypes];
  if (!contentType) throw new Error(`generated/web/assets/${name} is of no kind that the pages have`);
  const isHashed = /-[\w-]{8}\.\w+$/.test(name);
  return {
    status: 200,
    headers: { "Cache-Control": isHashed ? "public, max-age=31536000, immutable" : "public, max-age=3600" },
    contentType,
    text: await readFile(new URL(`assets/${name}`, folder), "utf8"),
  };
}
