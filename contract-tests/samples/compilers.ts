import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Language } from "../../spec/codegen/samples/samples.ts";
import { runProgram } from "../editions/support/run-program.ts";
import { lacks } from "../harness/lacks.ts";
import type { Program } from "./programs.ts";

const folder = import.meta.dirname;
const root = fileURLToPath(new URL("../..", import.meta.url));
const python = join(root, "clients/python/.venv/bin/python");
const cache = join(folder, ".cache");
const setUp = "npm run setup:samples fetches them";

interface Compiler {
  /** Whether the machine lacks what it takes. */
  isMissing(): boolean;
  /** Checks programs all at once. What is wrong with them, in the words of the language's own tool; empty when nothing is. */
  check(programs: readonly Program[]): Promise<string>;
}

/** The type checker of each language. None of them runs a program. */
export const compilers: Record<Exclude<Language, "curl">, Compiler> = {
  typescript: {
    isMissing: () => false,
    check: (programs) =>
      inFolder("typescript", async (at) => {
        const config = { extends: join(root, "tsconfig.json"), compilerOptions: { lib: ["es2024", "esnext.array", "esnext.disposable", "dom"], moduleDetection: "force", noUnusedLocals: true }, include: ["*.ts"] };
        await writeFile(join(at, "tsconfig.json"), JSON.stringify(config));
        await writeAll(programs, (name) => join(at, `${name}.ts`));
        return faultsOf(process.execPath, [join(root, "node_modules/typescript-native/bin/tsc"), "-p", at]);
      }),
  },
  python: {
    isMissing: () => lacks("clients/python/.venv (npm run setup:python makes it)", python, ["-c", "import openclaw, mypy, websockets"]),
    check: (programs) =>
      inFolder("python", async (at) => {
        await writeAll(programs, (name) => join(at, `sample_${name}.py`));
        // OpenAI's package is none of ours; without it its part is not looked at.
        return faultsOf(python, ["-m", "mypy", "--strict", "--no-error-summary", "--disable-error-code=import-not-found", "--cache-dir", join(cache, "mypy"), at]);
      }),
  },
  go: {
    isMissing: () => lacks(`the modules of contract-tests/samples/go (${setUp})`, "go", ["-C", join(folder, "go"), "list", "-mod=readonly", "github.com/coder/websocket"]),
    check: (programs) =>
      inFolder("go", async (at) => {
        await cp(join(folder, "go"), at, { recursive: true });
        await writeAll(programs, (name) => join(at, name, "main.go"));
        const unformatted = await runProgram("gofmt", ["-l", at]);
        return unformatted.stdout + (await faultsOf("go", ["vet", "./..."], { cwd: at, env: { GOFLAGS: "-mod=readonly", GOPROXY: "off" } }));
      }),
  },
  java: {
    isMissing: () => lacks("javac", "javac", ["-version"]),
    check: (programs) =>
      inFolder("java", async (at) => {
        // One class of a name in a package: samples of one operation may stand on several pages.
        await writeAll(programs, (name) => join(at, `${name}.java`), ({ name, source }) => `package ${name}; ${source}`);
        await writeFile(join(at, "files"), programs.map(({ name }) => `${name}.java`).join("\n"));
        return faultsOf("javac", ["--release", "17", "-Xlint:all", "-Werror", "-proc:none", "-d", join(at, "out"), "@files"], { cwd: at });
      }),
  },
  rust: {
    isMissing: () => lacks(`the crates of contract-tests/samples/rust (${setUp})`, "cargo", ["tree", "--quiet", "--locked", "--offline", "--manifest-path", join(folder, "rust/Cargo.toml")]),
    async check(programs) {
      const at = join(folder, "rust/target/samples");
      await rm(at, { recursive: true, force: true });
      await mkdir(at, { recursive: true });
      await writeAll(programs, (name) => join(at, `${name}.rs`));
      const modules = programs.map(({ name }) => `#[path = "${name}.rs"]\nmod ${name};\n`);
      await writeFile(join(at, "lib.rs"), `#![allow(dead_code, non_snake_case)]\n#![deny(warnings)]\n${modules.join("")}`);
      return faultsOf("cargo", ["check", "--quiet", "--locked", "--offline", "--manifest-path", join(folder, "rust/Cargo.toml")]);
    },
  },
};

async function inFolder(name: string, check: (at: string) => Promise<string>): Promise<string> {
  await mkdir(cache, { recursive: true });
  const at = await mkdtemp(join(cache, `${name}-`));
  try {
    return await check(at);
  } finally {
    await rm(at, { recursive: true });
  }
}

async function writeAll(programs: readonly Program[], pathOf: (name: string) => string, textOf = ({ source }: Program) => source): Promise<void> {
  await Promise.all(
    programs.map(async (program) => {
      const path = pathOf(program.name);
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, `${textOf(program)}\n`);
    }),
  );
}

async function faultsOf(program: string, args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Promise<string> {
  const { stdout, stderr, status } = await runProgram(program, args, { ...options, timeoutMs: 240_000 });
  return status === 0 ? "" : `${stdout}${stderr}` || `${program} ended with ${status}`;
}
