import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { routes } from "../generated/server/routes.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = globSync("server/**/*.ts", { cwd: root }).filter((file) => !/(\.(test|check)|\/testing)\.ts$/.test(file));

/** The files of the repository that a file imports, types included. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), "utf8");
  return [...source.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)].map(([, path]) => normalize(join(dirname(file), path!)));
}

const offences = (isFile: (file: string) => boolean, isForbidden: (imported: string, file: string) => boolean) =>
  files.filter(isFile).flatMap((file) =>
    importsOf(file)
      .filter((imported) => isForbidden(imported, file))
      .map((imported) => `${file} imports ${imported}`),
  );

describe("the direction of imports", () => {
  test("a service or a store knows neither HTTP nor the generated server", () => {
    expect(offences((file) => /\/(service|store)\.ts$/.test(file), (imported) => imported.startsWith("server/http/") || imported.startsWith("generated/"))).toEqual([]);
  });

  test("the turn knows no HTTP, no storage and no face", () => {
    const isForbidden = (imported: string) => /^server\/(http|storage)\/|^generated\/|\/faces\//.test(imported);
    expect(offences((file) => file === "server/chat/turn.ts" || file === "server/chat/turn-events.ts", isForbidden)).toEqual([]);
  });

  test("no resource reaches into another's store", () => {
    const isForbidden = (imported: string, file: string) => imported.endsWith("/store.ts") && dirname(imported) !== dirname(file);
    expect(offences((file) => !/^server\/compose(-\w+)?\.ts$/.test(file), isForbidden)).toEqual([]);
  });

  test("a port knows none of its adapters, and providers know nothing of the rooms above", () => {
    expect(offences((file) => file.endsWith("/port.ts"), (imported, file) => dirname(imported) === dirname(file))).toEqual([]);
    expect(offences((file) => file.startsWith("server/providers/"), (imported) => !/^server\/(providers\/|errors\.ts)/.test(imported))).toEqual([]);
  });

  test("the server uses no generated client, and validators by way of the route table only", () => {
    const isForbidden = (imported: string) => imported.startsWith("generated/clients/") || imported.startsWith("generated/validators/");
    expect(offences((file) => !file.startsWith("server/settings/"), isForbidden)).toEqual([]);
  });
});

test("files that are read at run time are found by one file, which knows where they are in the npm package", () => {
  // Tests' own files lie beside them.
  const programs = files.filter((file) => !/\/(fixtures|test-\w+|build)\b/.test(file) && file !== "server/package-files.ts");
  expect(programs.filter((file) => /import\.meta\.(url|dirname|filename|resolve)/.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
});

test("every operation has a permission of the form that keys are given", () => {
  for (const { operationId, permission } of routes) expect(permission, operationId).toMatch(/^(none|any|[a-z]+:[a-z]+)$/);
});

test("the top level is what the README says", () => {
  const allowed = ["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "bin", "clients", "contract-tests", "deploy", "dist", "docs", "examples", "generated", "knip.json", "package-lock.json", "package.json", "redocly.yaml", "server", "spec", "tsconfig.json", "vitest.config.ts"];
  const found = globSync("*", { cwd: root }).filter((name) => name !== "node_modules" && !name.startsWith("."));
  expect(found.filter((name) => !allowed.includes(name))).toEqual([]);
});

test("every example says what it shows, and is run", () => {
  const folders = globSync("examples/*/", { cwd: root }).map((folder) => basename(folder));
  const lacking = folders.flatMap((name) => ["README.md", `${name}.test.ts`].map((file) => join("examples", name, file))).filter((file) => !existsSync(join(root, file)));
  expect(lacking).toEqual([]);
  expect(folders.filter((name) => !readFileSync(join(root, "examples/README.md"), "utf8").includes(`](${name})`))).toEqual([]);
});
