import { spawnSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createTestHome } from "./test-home.ts";
import { replaceFile } from "./write-file.ts";

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

describe("a file that exists", () => {
  test("has the new text, its mode, and beside it what it said before", async () => {
    const home = createTestHome();
    const file = home.write("openclaw.json", "{ old: true }");
    chmodSync(file, 0o640);
    await replaceFile(file, "{ new: true }");
    expect([readFileSync(file, "utf8"), modeOf(file)]).toEqual(["{ new: true }", "640"]);
    expect([readFileSync(`${file}.last-good`, "utf8"), modeOf(`${file}.last-good`)]).toEqual(["{ old: true }", "600"]);
    expect(readdirSync(home.path).sort()).toEqual(["openclaw.json", "openclaw.json.last-good"]);
  });

  test("is another file than before, so that who reads the old one reads it to its end", async () => {
    const file = createTestHome().write("openclaw.json", "{}");
    const { ino } = statSync(file);
    await replaceFile(file, "{ a: 1 }");
    expect(statSync(file).ino).not.toBe(ino);
  });

  test("behind symbolic links is replaced where it is", async () => {
    const home = createTestHome();
    const real = home.write("etc/real.json", "{}");
    const links = [join(home.path, "one.json"), join(home.path, "two.json")] as const;
    symlinkSync("etc/real.json", links[0]);
    symlinkSync("one.json", links[1]);
    await replaceFile(links[1], "{ a: 1 }");
    expect(readFileSync(real, "utf8")).toBe("{ a: 1 }");
    expect(links.map((link) => lstatSync(link).isSymbolicLink())).toEqual([true, true]);
  });
});

describe("a file that does not exist", () => {
  test("is made with its folder, for nobody else to read", async () => {
    const home = createTestHome();
    const folder = join(home.path, "state");
    await replaceFile(join(folder, "openclaw.json"), "{}\n");
    expect([modeOf(folder), modeOf(join(folder, "openclaw.json"))]).toEqual(["700", "600"]);
    expect(readdirSync(folder)).toEqual(["openclaw.json"]);
  });

  test("is made where a symbolic link points to nothing yet", async () => {
    const home = createTestHome();
    const link = join(home.path, "link.json");
    symlinkSync("later.json", link);
    await replaceFile(link, "{}");
    expect(readFileSync(join(home.path, "later.json"), "utf8")).toBe("{}");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });
});

describe("what cannot be written", () => {
  test("leaves the old file and nothing else", async () => {
    const home = createTestHome();
    const file = home.write("openclaw.json", "{}");
    // A folder in the place of the copy: it cannot be renamed over, whoever runs this.
    mkdirSync(`${file}.last-good`);
    await expect(replaceFile(file, "{ a: 1 }")).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(readFileSync(file, "utf8")).toBe("{}");
    expect(readdirSync(home.path).sort()).toEqual(["openclaw.json", "openclaw.json.last-good"]);
  });

  test("leaves nothing where a folder is in the file's place", async () => {
    const home = createTestHome();
    mkdirSync(join(home.path, "openclaw.json"));
    await expect(replaceFile(join(home.path, "openclaw.json"), "{}")).rejects.toThrow("EISDIR");
    expect(readdirSync(home.path)).toEqual(["openclaw.json"]);
  });
});

test("a process that dies between writing and renaming leaves the old file", async () => {
  const home = createTestHome();
  const file = home.write("openclaw.json", "{ old: true }");
  // Dies at the rename of the file itself, not of the copy beside it.
  const program = `
    import files from "node:fs/promises";
    import { syncBuiltinESMExports } from "node:module";
    const { rename } = files;
    files.rename = (from, to) => (to.endsWith(".last-good") ? rename(from, to) : process.kill(process.pid, "SIGKILL"));
    syncBuiltinESMExports();
    const { replaceFile } = await import(${JSON.stringify(new URL("write-file.ts", import.meta.url).href)});
    await replaceFile(process.argv[1], "{ new: true }");
  `;
  const { signal } = spawnSync(process.execPath, ["--input-type=module", "--eval", program, file]);
  expect(signal).toBe("SIGKILL");
  expect(readFileSync(file, "utf8")).toBe("{ old: true }");
  expect(readFileSync(`${file}.last-good`, "utf8")).toBe("{ old: true }");
});
