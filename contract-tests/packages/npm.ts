import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../editions/support/run-program.ts";

const timeoutMs = 180_000;

/** What `npm pack` has made. */
export interface Tarball {
  file: string;
  /** Of the tarball, in bytes. */
  size: number;
  /** Paths in the package. */
  files: string[];
}

/** Packs the package in a folder into another. */
export async function pack(folder: string, destination: string): Promise<Tarball> {
  const report = await npm(folder, "pack", "--json", "--pack-destination", destination);
  // Scripts of the package print, too.
  const [{ filename, size, files }] = JSON.parse(report.slice(report.search(/^\[$/m))) as [{ filename: string; size: number; files: { path: string }[] }];
  return { file: join(destination, filename), size, files: files.map(({ path }) => path) };
}

export async function bytesOf({ file }: Tarball): Promise<ArrayBuffer> {
  return Uint8Array.from(await readFile(file)).buffer;
}

/** A user's folder, with nothing in it but an ES module's manifest. Who makes it removes it. */
export async function emptyFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-user-"));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** What npm finds in its cache it does not ask the registry for. Returns what it printed. */
export const npm = (cwd: string, ...args: readonly string[]): Promise<string> => run("npm", [...args, "--prefer-offline", "--no-audit", "--no-fund", "--no-update-notifier"], cwd);

/** Runs a program that is installed in a folder. Returns what it printed. */
export const npx = (cwd: string, ...args: readonly string[]): Promise<string> => run("npx", args, cwd);

async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout, stderr, status } = await runProgram(program, args, { cwd, env: outside, timeoutMs });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** What npm tells its scripts would tell an npm below them to work in this repository, not in the folder it is started in. */
const outside = { npm_config_local_prefix: "", npm_package_json: "", npm_config_workspaces: "", npm_config_call: "", INIT_CWD: "" };
