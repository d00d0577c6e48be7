import { describe, expect, test } from "vitest";
import { json } from "../../spec/codegen/samples/layout.ts";
import { sampleRequest } from "../../spec/codegen/samples/request.ts";
import { compilers } from "./compilers.ts";
import { documented, operations, pageBlocks, pagePrograms, referencePrograms, type Program } from "./programs.ts";

const timeoutMs = 300_000;

/** Something that a check must find in the sample of `createKey`, in each language. */
const planted = {
  typescript: ["label:", "labell:"],
  python: ["label=", "labell="],
  go: ["response.Body", "response.Boddy"],
  java: ["response.body()", "response.boddy()"],
  rust: [".bearer_auth(", ".bear_auth("],
} as const;

describe.each(Object.entries(compilers) as [keyof typeof compilers, (typeof compilers)["go"]][])("samples in %s", (lang, { isMissing, check }) => {
  const lacksTool = isMissing();
  const inLanguage = (programs: readonly Program[]) => programs.filter((program) => program.lang === lang);

  test.skipIf(lacksTool)("compile: those of every operation, and those of the pages", { timeout: timeoutMs }, async () => {
    expect(inLanguage(referencePrograms)).toHaveLength(operations.length);
    expect(inLanguage(pagePrograms).length).toBeGreaterThan(0);
    expect(await check([...inLanguage(referencePrograms), ...inLanguage(pagePrograms)])).toBe("");
  });

  test.skipIf(lacksTool)("are found when they are wrong", { timeout: timeoutMs }, async () => {
    const program = inLanguage(referencePrograms).find(({ name }) => name === "createKey")!;
    const [right, wrong] = planted[lang];
    expect(program.source).toContain(right);
    expect(await check([{ ...program, source: program.source.replace(right, wrong) }])).toContain("createKey");
  });
});

/** What is in a body written as text no compiler sees: it is the very body that curl sends, whose test has it accepted. */
test.each(["curl", "go", "java", "rust"] as const)("bodies in %s are those of the contract's examples", (lang) => {
  const same = (text: string) => text.replaceAll(/[\s\\]/g, "");
  const withBody = operations.filter((operation) => operation.raw.requestBody !== undefined);
  expect(withBody.length).toBeGreaterThan(20);
  for (const operation of withBody) {
    const { source } = referencePrograms.find(({ name, lang: own }) => name === operation.id && own === lang)!;
    expect(same(source), operation.id).toContain(same(json(sampleRequest(documented, operation).body)));
  }
});

test("every block of code of the pages is of a kind that is tried", () => {
  for (const { name, fence } of pageBlocks) expect(["sh", "ts", "python", "go", "java", "rust", "json", "console"], name).toContain(fence);
});

test.each(pageBlocks.filter(({ fence }) => fence === "json"))("$name is JSON", ({ source }) => {
  expect(() => JSON.parse(source) as unknown).not.toThrow();
});
