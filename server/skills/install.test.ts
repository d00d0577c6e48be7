import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tarGzOf, type TarEntry, tarOf, type ZipEntry, zipOf } from "./testing/archives.ts";
import type { GatewayError } from "../errors.ts";
import { testPrincipal } from "../keys/testing.ts";
import { makeSkillsFolder, skillFile, type SkillsFolder } from "./testing/skills.ts";
import type { Skills } from "./service.ts";

const principal = testPrincipal();
let folder: SkillsFolder;
let skills: Skills;
beforeEach(async () => {
  folder = await makeSkillsFolder();
  skills = folder.skills();
  await mkdir(join(folder.path, "downloads"));
});
afterEach(() => folder.remove());

/** Everything below the folder that skills are installed in. */
const installed = (): string[] => {
  try {
    return readdirSync(folder.settings.roots[0]!, { recursive: true, encoding: "utf8" }).sort();
  } catch {
    return [];
  }
};

const install = (path: string, force = false) => skills.install(principal, { path }, { force });
const pdf = { path: "pdf/SKILL.md", content: skillFile("pdf") };

/** Installs what must be refused, and sees that nothing is left of it, nor anywhere around. */
async function refuse(path: string, code: string): Promise<string> {
  const around = () => readdirSync(folder.path, { recursive: true, encoding: "utf8" }).filter((name) => !name.startsWith("roots")).sort();
  const [before, otherwise] = [installed(), around()];
  const error: unknown = await install(path).then(() => "it was installed", (thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "GatewayError", code });
  expect([installed(), around()]).toEqual([before, otherwise]);
  return (error as Error).message;
}

describe("from a folder", () => {
  beforeEach(() => folder.write("downloads/pdf/SKILL.md", skillFile("pdf")));

  test("copies it under its name, with no right to be run", async () => {
    await folder.write("downloads/any name/SKILL.md", skillFile("csv", { head: "version: 1.0.0\n" }));
    execFileSync("chmod", ["777", await folder.write("downloads/any name/scripts/run.sh", "touch /tmp/never")]);
    await folder.write("downloads/any name/.git/config", "x");
    expect(await install("any name")).toMatchObject({ name: "csv", version: "1.0.0", isInstalled: true, problem: null });
    expect(installed()).toEqual(["csv", "csv/SKILL.md", "csv/scripts", "csv/scripts/run.sh"]);
    expect(statSync(join(folder.settings.roots[0]!, "csv/scripts/run.sh")).mode & 0o777).toBe(0o600);
    expect((await skills.offer(["*"], [])).skills.map(({ name }) => name)).toEqual(["csv"]);
  });

  test("takes an absolute path within an allowed folder, and one by the folder's own name", async () => {
    await install(join(folder.path, "downloads/pdf"));
    await symlink(join(folder.path, "downloads"), join(folder.path, "link"));
    await skills.use({ ...folder.settings, installFrom: [join(folder.path, "link")] });
    await install(join(folder.path, "link/pdf"), true);
    expect(installed()).toEqual(["pdf", "pdf/SKILL.md"]);
  });

  test("refuses a path in no allowed folder, whether something is there or not", async () => {
    await folder.write("secret/SKILL.md", skillFile("secret"));
    await symlink(join(folder.path, "secret"), join(folder.path, "downloads/link"));
    const messages = [];
    for (const path of ["../secret", join(folder.path, "secret"), "link", "/etc", "../missing", "/missing"]) messages.push((await refuse(path, "forbidden")).replace(JSON.stringify(path), ""));
    expect(new Set(messages).size).toBe(1);
    await skills.use({ ...folder.settings, installFrom: [] });
    await refuse("pdf", "forbidden");
  });

  test("names what is there when the path is not", async () => {
    await folder.write("downloads/notes.txt", "x");
    await folder.write("downloads/csv.tar.gz", "x");
    for (const path of ["missing", "a\0b"]) expect(await refuse(path, "bad_request")).toMatch(/ What is there: csv\.tar\.gz, pdf\.$/);
  });

  test("refuses links, pipes, and what is no skill", async () => {
    await folder.write("downloads/linked/SKILL.md", skillFile("linked"));
    await symlink("/etc/passwd", join(folder.path, "downloads/linked/passwd"));
    expect(await refuse("linked", "unprocessable")).toContain('"passwd" is neither a file nor a folder');
    await folder.write("downloads/pipe/SKILL.md", skillFile("pipe"));
    execFileSync("mkfifo", [join(folder.path, "downloads/pipe/p")]);
    expect(await refuse("pipe", "unprocessable")).toContain('"p" is neither');
    await folder.write("downloads/none/README.md", "x");
    expect(await refuse("none", "unprocessable")).toContain("it has no SKILL.md");
    await folder.write("downloads/bad/SKILL.md", "---\nname: ../bad\ndescription: x\n---\n");
    expect(await refuse("bad", "unprocessable")).toContain("its name must be");
    await folder.write("downloads/text.txt", "no archive");
    expect(await refuse("text.txt", "unprocessable")).toContain("neither a .tar.gz nor a .zip");
  });

  test("refuses too many files, and too many bytes", async () => {
    for (let count = 0; count < 2001; count++) await folder.write(`downloads/many/${count}`, "");
    expect(await refuse("many", "unprocessable")).toContain("2000 files and folders");
    await folder.write("downloads/large/SKILL.md", skillFile("large"));
    await truncate(await folder.write("downloads/large/blob", ""), 51 * 1024 * 1024);
    expect(await refuse("large", "unprocessable")).toContain("too large");
    await truncate(await folder.write("downloads/large.zip", ""), 21 * 1024 * 1024);
    expect(await refuse("large.zip", "unprocessable")).toContain("20971520 are allowed");
  });

  test("is not put over one that is there, unless it is forced; then nothing of the old one stays", async () => {
    await folder.write("downloads/pdf/old.txt", "x");
    await install("pdf");
    await folder.write("downloads/new/SKILL.md", skillFile("pdf", { description: "new" }));
    expect(await refuse("new", "conflict")).toContain("`pdf` already");
    expect(await install("new", true)).toMatchObject({ description: "new" });
    expect(installed()).toEqual(["pdf", "pdf/SKILL.md"]);
  });

  test("of two at the same time one is told that the other was first", async () => {
    const other = folder.skills();
    const outcomes = await Promise.allSettled([install("pdf"), install("pdf"), other.install(principal, { path: "pdf" }, { force: false })]);
    const codes = outcomes.map((outcome) => (outcome.status === "rejected" ? (outcome.reason as GatewayError).code : "installed"));
    expect(codes.sort()).toEqual(["conflict", "conflict", "installed"]);
    expect(installed()).toEqual(["pdf", "pdf/SKILL.md"]);
  });

  test("is found although somebody was looking through the folders meanwhile", async () => {
    const looks = Array.from({ length: 20 }, () => skills.list());
    expect(await install("pdf")).toMatchObject({ name: "pdf" });
    await Promise.all(looks);
  });

  test("what an installation that was cut off has left is gone after the next start; one under way in another process stays", async () => {
    const gone = execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }).trim();
    await folder.write(`roots/first/.installing-${gone}-abc/unpacked/SKILL.md`, "half");
    await folder.write(`roots/first/.installing-${process.pid}-abc/unpacked/SKILL.md`, "half");
    await folder.write(`roots/first/.installing-${process.ppid}-abc/x`, "under way");
    expect(await skills.list()).toEqual([]);
    await skills.start();
    expect(installed()).toEqual([`.installing-${process.ppid}-abc`, `.installing-${process.ppid}-abc/x`]);
  });

  test("refuses where there is no folder to install in", async () => {
    await skills.use({ ...folder.settings, roots: [] });
    expect(await refuse("pdf", "conflict")).toContain("skills.roots");
  });
});

describe("from a .tar.gz", () => {
  const put = (entries: readonly TarEntry[]) => folder.write("downloads/a.tar.gz", tarGzOf(entries));

  test("unpacks what the usual tar packs, long names too", async () => {
    const long = `${"long-".repeat(15)}/${"name-".repeat(15)}.md`;
    await folder.write("pack/pdf/SKILL.md", skillFile("pdf"));
    await folder.write(`pack/pdf/${long}`, "x".repeat(100_000));
    for (const [index, format] of ["gnu", "posix", "ustar"].entries()) {
      execFileSync("tar", [`--format=${format}`, "-czf", join(folder.path, "downloads/packed.tgz"), "-C", join(folder.path, "pack"), index === 0 ? "./pdf" : "pdf"]);
      await install("packed.tgz", true);
      expect(readFileSync(join(folder.settings.roots[0]!, "pdf", long), "utf8")).toHaveLength(100_000);
    }
    execFileSync("tar", ["-czf", join(folder.path, "downloads/packed.tgz"), "-C", join(folder.path, "pack/pdf"), "."]);
    await install("packed.tgz", true);
    expect(installed()).toContain("pdf/SKILL.md");
  });

  const hostile: [what: string, entries: TarEntry[], message: string][] = [
    ["..", [pdf, { path: "../evil" }], "leads out"],
    [".. further down", [pdf, { path: "pdf/a/../../../evil" }], "leads out"],
    ["an absolute path", [pdf, { path: "/tmp/evil" }], "is absolute"],
    ["a symbolic link", [pdf, { path: "pdf/link", type: "2", link: "/etc" }], "neither a file nor a folder"],
    ["a symbolic link that is then written through", [pdf, { path: "pdf/link", type: "2", link: ".." }, { path: "pdf/link/evil", content: "x" }], "neither a file nor a folder"],
    ["a hard link", [pdf, { path: "pdf/link", type: "1", link: "/etc/passwd" }], "neither a file nor a folder"],
    ["a device", [pdf, { path: "pdf/null", type: "3" }], "neither a file nor a folder"],
    ["a pipe", [pdf, { path: "pdf/pipe", type: "6" }], "neither a file nor a folder"],
    ["an unknown kind", [pdf, { path: "pdf/x", type: "Z" }], ""],
    ["the same file twice", [pdf, pdf], "is there twice"],
    ["names that differ in case only", [pdf, { path: "pdf/a" }, { path: "pdf/A" }], "differs from another only in case"],
    ["folders that differ in case only", [pdf, { path: "pdf/d/a" }, { path: "pdf/D/b" }], "differs from another only in case"],
    ["names that differ in their composition only", [pdf, { path: "pdf/\u00E4" }, { path: "pdf/a\u0308" }], "is there twice"],
    ["a file in a folder's place", [pdf, { path: "pdf/a" }, { path: "pdf/a/b" }], "is there twice"],
    ["a name of Windows' devices", [pdf, { path: "pdf/nul.txt" }], "Windows"],
    ["a drive", [pdf, { path: "C:/evil" }], "a character"],
    ["a backslash", [pdf, { path: "pdf\\..\\..\\evil" }], "a character"],
    ["a name that ends in a dot", [pdf, { path: "pdf/a." }], "Windows"],
    ["a line break", [pdf, { path: "pdf/a\nb" }], "a character"],
    ["too deep a path", [pdf, { path: "pdf/" + "a/".repeat(20) + "b" }], "too deep"],
    ["two folders", [pdf, { path: "csv/SKILL.md", content: skillFile("csv") }], "no SKILL.md"],
    ["no skill", [{ path: "README.md" }], "no SKILL.md"],
    ["nothing", [], ""],
  ];
  test.each(hostile)("refuses %s", async (_what, entries, message) => {
    await put(entries);
    expect(await refuse("a.tar.gz", "unprocessable")).toContain(message);
  });

  test("refuses a bomb while it unpacks", async () => {
    await put([pdf, { path: "pdf/zeros", content: Buffer.alloc(60 * 1024 * 1024) }]);
    expect(await refuse("a.tar.gz", "unprocessable")).toMatch(/unpacks to more|too large/);
    await folder.write("downloads/a.tar.gz", gzipSync(tarGzOf([pdf, { path: "pdf/zeros", content: Buffer.alloc(60 * 1024 * 1024) }])));
    expect(await refuse("a.tar.gz", "unprocessable")).toContain("damaged");
  });

  test("refuses more entries than a skill may have, and sizes that are not true", async () => {
    await put([pdf, ...Array.from({ length: 3000 }, (_, index) => ({ path: `pdf/${index}` }))]);
    expect(await refuse("a.tar.gz", "unprocessable")).toContain("2000 files and folders");
    const claims = tarOf([pdf, { path: "pdf/x", content: "abc" }]);
    claims.write("77777777777\0", claims.indexOf("pdf/x") + 124);
    await folder.write("downloads/a.tar.gz", gzipSync(claims));
    expect(await refuse("a.tar.gz", "unprocessable")).toContain("damaged");
  });

  test("refuses an archive that is cut off or damaged, wherever", async () => {
    const whole = tarGzOf([pdf, { path: "pdf/random", content: Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251)) }]);
    for (const length of [2, 10, 50, whole.length - 9, whole.length - 1]) {
      await folder.write("downloads/a.tar.gz", whole.subarray(0, length));
      expect(await refuse("a.tar.gz", "unprocessable")).toContain("damaged");
    }
    await folder.write("downloads/a.tar.gz", gzipSync(Buffer.alloc(5000, "x")));
    expect(await refuse("a.tar.gz", "unprocessable")).toContain("damaged");
    const cut = tarOf([pdf, { path: "pdf/x", content: "x".repeat(2000) }]);
    await folder.write("downloads/a.tar.gz", gzipSync(cut.subarray(0, cut.length - 2000)));
    expect(await refuse("a.tar.gz", "unprocessable")).toContain("damaged");
  });
});

describe("from a .zip", () => {
  const put = (entries: readonly ZipEntry[], options?: Parameters<typeof zipOf>[1]) => folder.write("downloads/a.zip", zipOf(entries, options));

  test("unpacks files and folders, and leaves out what macOS adds", async () => {
    await put([{ path: "pdf/", mode: 0o040755 }, pdf, { path: "pdf/scripts/run.sh", content: "x", mode: 0o100777 }, { path: "__MACOSX/pdf/._SKILL.md", content: "x" }, { path: "pdf/stored.txt", content: "as it is", method: 0 }]);
    expect(await install("a.zip")).toMatchObject({ name: "pdf" });
    expect(installed()).toEqual(["pdf", "pdf/SKILL.md", "pdf/scripts", "pdf/scripts/run.sh", "pdf/stored.txt"]);
    expect(readFileSync(join(folder.settings.roots[0]!, "pdf/stored.txt"), "utf8")).toBe("as it is");
    expect(statSync(join(folder.settings.roots[0]!, "pdf/scripts/run.sh")).mode & 0o777).toBe(0o600);
  });

  const hostile: [what: string, entries: ZipEntry[], message: string][] = [
    ["..", [pdf, { path: "../evil", content: "x" }], "leads out"],
    ["an absolute path", [pdf, { path: "/tmp/evil", content: "x" }], "is absolute"],
    ["a backslash", [pdf, { path: "..\\evil", content: "x" }], "a character"],
    ["a drive", [pdf, { path: "C:/evil", content: "x" }], "a character"],
    ["NUL", [pdf, { path: "pdf/a\0b", content: "x" }], "a character"],
    ["a symbolic link", [pdf, { path: "pdf/link", content: "/etc/passwd", mode: 0o120777 }], "neither a file nor a folder"],
    ["a device", [pdf, { path: "pdf/null", mode: 0o020666 }], "neither a file nor a folder"],
    ["the same file twice", [pdf, pdf], "is there twice"],
    ["names that differ in case only", [pdf, { path: "pdf/skill.MD", content: "x" }], "only in case"],
    ["something encrypted", [pdf, { path: "pdf/x", content: "x", isEncrypted: true }], "encrypted"],
    ["an unknown compression", [pdf, { path: "pdf/x", content: "x", method: 12 }], "compressed"],
    ["a size that is not true", [pdf, { path: "pdf/x", content: "x".repeat(1000), claimedSize: 10 }], "damaged"],
    ["a size that is not reached", [pdf, { path: "pdf/x", content: "x", claimedSize: 1000 }], "damaged"],
    ["a bomb", [pdf, { path: "pdf/zeros", content: Buffer.alloc(60 * 1024 * 1024) }], "too large"],
    ["a bomb that says it is small", [pdf, { path: "pdf/zeros", content: Buffer.alloc(60 * 1024 * 1024), claimedSize: 10 }], "damaged"],
    ["no skill", [{ path: "README.md", content: "x" }], "no SKILL.md"],
    ["nothing", [], "no SKILL.md"],
  ];
  test.each(hostile)("refuses %s", async (_what, entries, message) => {
    await put(entries);
    expect(await refuse("a.zip", "unprocessable")).toContain(message);
  });

  test("refuses an end that promises millions of entries, and one that is cut off", async () => {
    await put([pdf], { claimedEntries: 65_000 });
    expect(await refuse("a.zip", "unprocessable")).toContain("2000 files and folders");
    await put([pdf], { claimedEntries: 2 });
    expect(await refuse("a.zip", "unprocessable")).toContain("damaged");
    const whole = zipOf([pdf]);
    for (const length of [2, 30, whole.length - 1]) {
      await folder.write("downloads/a.zip", whole.subarray(0, length));
      expect(await refuse("a.zip", "unprocessable")).toMatch(/damaged/);
    }
  });
});
