import fc from "fast-check";
import json5 from "json5";
import { describe, expect, test } from "vitest";
import { parse as parseYaml, stringify as stringifyYaml } from "yaml";
import { editText } from "./edit-text.ts";

const key = fc.oneof(fc.constantFrom("default", "a", "b", "c", "with space", "it's", "__proto__", "constructor", "1", "", "true", "null", "é", "a.b"), fc.string());
const leaf = fc.oneof(fc.string({ unit: "binary" }).map((text) => text.replaceAll(/[\u2028\u2029]/g, "")), fc.constantFrom("", "yes", "null", "0x10", "# no comment", "// none", "- x", "a: b", "'\"", "line\nline", "${TOKEN}"), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec<{ tree: unknown; object: Record<string, unknown>; list: unknown[] }>((tie) => ({
  tree: fc.oneof({ depthSize: "small" }, leaf, tie("object"), tie("list")),
  object: fc.dictionary(key, tie("tree"), { maxKeys: 5, noNullPrototype: true }),
  list: fc.array(tie("tree"), { maxLength: 5 }),
}));
const object = fc.dictionary(key, tree, { maxKeys: 5, noNullPrototype: true });

/** A value and what becomes of it: near to it, or something else altogether. */
const change = fc.tuple(object, object, fc.array(fc.nat(), { minLength: 1, maxLength: 40 })).map(([old, other, choices]) => {
  let at = 0;
  const choose = (count: number): number => choices[at++ % choices.length]! % count;
  function mix(one: unknown): unknown {
    if (choose(8) === 0) return Object.values(other)[0] ?? null;
    if (Array.isArray(one)) return one.flatMap((item) => (choose(4) === 0 ? [] : choose(6) === 0 ? [other, mix(item)] : [mix(item)]));
    if (typeof one !== "object" || one === null) return one;
    const kept = Object.entries(one).filter(() => choose(5) > 0).map(([name, inner]) => [name, mix(inner)] as const);
    return Object.fromEntries(choose(3) === 0 ? [...kept, ...Object.entries(other)] : kept);
  }
  return { old, next: mix(old) };
});

describe("whatever the tree, its comments and the change", () => {
  const texts = fc.tuple(change, fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 60 }));

  test("JSON5: the result means what it should", () => {
    fc.assert(
      fc.property(texts, ([{ old, next }, salt]) => {
        const text = writeWildly(old, salt);
        expect(json5.parse(text)).toEqual(old);
        expect(editText("json5", text, old)).toBe(text);
        expect(json5.parse(editText("json5", text, next))).toEqual(next);
      }),
      { numRuns: 200 },
    );
  });

  test("YAML: the result means what it should", () => {
    fc.assert(
      fc.property(change, fc.boolean(), fc.boolean(), ({ old, next }, isFlow, isIndented) => {
        const text = stringifyYaml(old, { collectionStyle: isFlow ? "flow" : "any", indentSeq: isIndented });
        expect(editText("yaml", text, old)).toBe(text);
        expect(editText("yaml", text.replaceAll("\n", "\r\n"), old)).toBe(text.replaceAll("\n", "\r\n"));
        expect(parseYaml(editText("yaml", text, next))).toEqual(next);
      }),
      { numRuns: 200 },
    );
  });

  test("YAML: what is changed in one place shows in no other", () => {
    fc.assert(
      fc.property(change, fc.boolean(), ({ old, next }, isFirst) => {
        // One object in three places is written as an anchor and two aliases.
        const text = stringifyYaml({ one: old, two: old, three: [old] });
        const wanted = isFirst ? { one: next, two: old, three: [old] } : { one: old, two: next, three: [old, next] };
        expect(parseYaml(editText("yaml", text, wanted))).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
  });

  test.each(["json5", "yaml"] as const)("%s: members that stay keep their comments", (format) => {
    fc.assert(
      fc.property(change, ({ old, next }) => {
        const written = format === "json5" ? writeCommented(old) : writeCommentedYaml(old);
        const edited = editText(format, written.text, next);
        const lost = written.comments.filter(({ path, comment }) => stays(path, old, next) && !edited.includes(comment));
        expect(lost).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

interface Commented {
  text: string;
  comments: { path: string[]; comment: string }[];
}

/** With a comment before and one after each member. */
function writeCommented(value: object): Commented {
  const comments: Commented["comments"] = [];
  function write(inner: unknown, path: string[]): string {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return Object.is(inner, -0) ? "-0" : JSON.stringify(inner);
    const members = Object.entries(inner).map(([name, member]) => {
      const [before, after] = [`// before ${comments.length}.`, `/* after ${comments.length}. */`];
      comments.push({ path: [...path, name], comment: before }, { path: [...path, name], comment: after });
      return `\n${before}\n${JSON.stringify(name)}: ${write(member, [...path, name])}, ${after}`;
    });
    return `{${members.join("")}\n}`;
  }
  return { text: write(value, []), comments };
}

/** With a comment before each member of the file. */
function writeCommentedYaml(value: object): Commented {
  const comments = Object.keys(value).map((name, index) => ({ path: [name], comment: `# before ${index}.` }));
  const members = Object.entries(value).map(([name, member], index) => `\n${comments[index]!.comment}\n${stringifyYaml(Object.fromEntries([[name, member]]))}`);
  return { text: members.length === 0 ? "{}" : members.join("\n"), comments };
}

function stays([name, ...rest]: string[], old: unknown, next: unknown): boolean {
  if (name === undefined) return true;
  if (typeof next !== "object" || next === null || Array.isArray(next) || !Object.hasOwn(next, name)) return false;
  return stays(rest, (old as Record<string, unknown>)[name], (next as Record<string, unknown>)[name]);
}

describe("JSON5", () => {
  const file = `// Ours.
{
  gateway: { port: 0x10, host: '127.0.0.1' }, // where

  // --- agents ---

  // The list.
  agents: [
    { id: 'main' }, // the first
    /* by night */ { id: 'night', tools: [1e3, .5] }, // the second
  ],
  models: {
    default: 'openai/gpt-5-mini', // cheap
  },
}
`;
  interface File {
    gateway?: Record<string, unknown>;
    agents?: Record<string, unknown>[];
    models: Record<string, unknown>;
  }
  const edit = (change: (value: File) => void, text = file): string => {
    const value = json5.parse<File>(text);
    change(value);
    return editText("json5", text, value);
  };

  test("a value alone is changed", () => {
    expect(edit(({ gateway }) => (gateway!["port"] = 18789))).toBe(file.replace("0x10", "18789"));
    expect(edit(({ models }) => (models["default"] = "it's"))).toBe(file.replace("openai/gpt-5-mini", "it\\'s"));
  });

  test("members are added as their neighbours are written", () => {
    expect(edit(({ gateway }) => (gateway!["x-y"] = [true]))).toBe(file.replace("'127.0.0.1' }", "'127.0.0.1', 'x-y': [true] }"));
    expect(edit(({ models }) => (models["providers"] = { local: {} }))).toBe(file.replace("// cheap\n", "// cheap\n    providers: {\n      local: {},\n    },\n"));
  });

  test("members go with their comments, and not with those a blank line sets apart", () => {
    expect(edit((value) => delete value.agents)).toBe(file.replace(/\n {2}\/\/ The list[^]*?\n {2}\],\n/, ""));
    expect(edit((value) => delete value.gateway)).toBe(file.replace(/ {2}gateway.*\n/, ""));
  });

  test("items keep their comments wherever they move to", () => {
    expect(edit(({ agents }) => agents!.shift())).toBe(file.replace(/ {4}\{ id: 'main' \}.*\n/, ""));
    expect(edit(({ agents }) => agents!.unshift({ id: "new" }))).toBe(file.replace("agents: [\n", "agents: [\n    { id: 'new' },\n"));
  });

  test("long lists take no longer than they must", () => {
    const list = Array.from({ length: 20_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    expect(editText("json5", JSON.stringify(list, null, 1), [...list, "::1"])).toBe(JSON.stringify([...list, "::1"], null, 1));
    expect(json5.parse(editText("json5", JSON.stringify(list), list.toReversed()))).toEqual(list.toReversed());
  });

  test("of two members with one key the last counts; both go together", () => {
    expect(editText("json5", "{ a: 1, b: 2, a: 3 }", { a: 4, b: 2 })).toBe("{ a: 1, b: 2, a: 4 }");
    expect(editText("json5", "{ a: 1, b: 2, a: 3 }", { b: 2 })).toBe("{ b: 2 }");
  });

  test.each([
    ["", '{\n  "a": 1\n}\n'],
    ["// none\n", '// none\n{\n  "a": 1\n}\n'],
    ["{}", '{\n  "a": 1\n}'],
    ["\uFEFF{\r\n}\r\n", '\uFEFF{\r\n  "a": 1\r\n}\r\n'],
    ["{ // later\n}", '{ // later\n  "a": 1\n}'],
    ["{\n  // a: 0,\n}", '{\n  // a: 0,\n  "a": 1\n}'],
    ["{b:2}", "{\n  a: 1\n}"],
    ["{ b: 2 /* two */ // 2\n}", "{\n  a: 1\n}"],
    ['{\r\n\t"b": 2, // two\r\n\t"a": 0\r\n}', '{\r\n\t"a": 1\r\n}'],
  ])("%j becomes %j", (text, expected) => {
    expect(editText("json5", text, { a: 1 })).toBe(expected);
  });

  test("what follows a line's comment begins on a line of its own", () => {
    expect(editText("json5", "[1, // one\n 2]", [1])).toBe("[1 // one\n]");
    expect(editText("json5", "[1, // one\n 2, 3]", [1, 3])).toBe("[1, // one\n 3]");
  });

  test("a text that is no JSON5 is refused", () => {
    expect(() => editText("json5", "{ a: }", {})).toThrow("invalid character");
  });
});

describe("YAML", () => {
  const file = `# Ours.
gateway:
  host: 127.0.0.1   # here
  port: 0x10


  trustedProxies:
  - 10.0.0.1     # one
  # before two
  - 10.0.0.2

api: &api { keys: [ {key: 'a'} , {key: "b"} ],  }  # keys
copy: *api
text: >
  folded
  text
`;
  interface File {
    gateway?: { port: number; trustedProxies: string[] };
    api: { keys: object[] };
    copy?: object;
    [name: string]: unknown;
  }
  const edit = (change: (value: File) => void): string => {
    // Not what the parser gives: there an alias is the very object that it refers to.
    const value = JSON.parse(JSON.stringify(parseYaml(file))) as File;
    change(value);
    return editText("yaml", file, value);
  };

  test("a value alone is changed", () => {
    expect(edit(({ gateway }) => (gateway!.port = 18789))).toBe(file.replace("0x10", "18789"));
  });

  test("items keep their comments", () => {
    expect(edit(({ gateway }) => gateway!.trustedProxies.shift())).toBe(file.replace("  - 10.0.0.1     # one\n", ""));
    expect(edit(({ gateway }) => gateway!.trustedProxies.push("::1"))).toBe(file.replace("10.0.0.2\n", "10.0.0.2\n  - ::1\n"));
  });

  test("members are added at the end, and go with their lines", () => {
    expect(edit((value) => (value["new"] = { on: [true] }))).toBe(`${file}new:\n  on:\n  - true\n`);
    expect(edit((value) => delete value.copy)).toBe(file.replace("copy: *api\n", ""));
  });

  test("an alias shows what it has shown, whatever becomes of what it refers to", () => {
    expect(edit(({ api }) => api.keys.pop())).toMatch(/^api: &api \{ ?keys: \[.*'a'.*\n^copy:\n {2}keys:\n {2}- key: a\n {2}- key: b\ntext/m);
    expect(edit((value) => (value.copy = { keys: [] }))).toBe(file.replace("copy: *api", "copy:\n  keys: []"));
  });

  test.each([
    ["", "a: 1\n"],
    ["# none\n", "# none\n\na: 1\n"],
    ["{}\n", "a: 1\n"],
    ["\uFEFFb: 2\r\na: 0 # one\r\n", "\uFEFFa: 1 # one\r\n"],
    ["---\na: '1'\n...\n", "---\na: 1\n...\n"],
  ])("%j becomes %j", (text, expected) => {
    expect(editText("yaml", text, { a: 1 })).toBe(expected);
  });

  test("a text that is no YAML is refused", () => {
    expect(() => editText("yaml", "a: [", {})).toThrow("Flow sequence");
  });
});

/** JSON5 with comments, white space, quotes, commas and line breaks of every kind, at every place. */
function writeWildly(value: unknown, salt: number[]): string {
  let at = 0;
  let comments = 0;
  const choose = (count: number): number => salt[at++ % salt.length]! % count;
  const eol = choose(3) === 0 ? "\r\n" : "\n";
  const space = (): string => [" ", "", eol, `${eol}  `, `${eol}${eol}\t`, ` // c${++comments}${eol}`, `/* c${++comments} */`, ` /* c${++comments}${eol}${eol} */ `, ` // "{[,'c${++comments}${eol} `][choose(10)] ?? " ";
  function write(inner: unknown): string {
    if (typeof inner === "string") return choose(2) ? JSON.stringify(inner) : json5.stringify(inner, { quote: "'" });
    if (typeof inner !== "object" || inner === null) return Object.is(inner, -0) ? "-0" : typeof inner === "number" && inner >= 0 && choose(3) === 0 ? `+${inner}` : String(inner);
    const isArray = Array.isArray(inner);
    const entries = isArray ? inner.map((item) => write(item)) : Object.entries(inner).map(([name, member]) => `${/^[a-z]+$/.test(name) && choose(2) ? name : JSON.stringify(name)}${space()}:${space()}${write(member)}`);
    const body = entries.map((entry, index) => `${space()}${entry}${space()}${index < entries.length - 1 || choose(2) ? "," : ""}`).join("");
    return `${isArray ? "[" : "{"}${body}${space()}${isArray ? "]" : "}"}`;
  }
  return `${choose(5) === 0 ? "\uFEFF" : ""}${space()}${write(value)}${space()}`;
}
