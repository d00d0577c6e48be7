import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testPrincipal } from "../keys/testing.ts";
import { dayMs, testMemory } from "./testing.ts";

const owner = testPrincipal();
const teamOnly = testPrincipal({ workspaces: ["team"] });

describe("search", () => {
  test("finds words whatever their case, accents and plural, the entry with more and rarer ones first", async () => {
    const memory = await testMemory();
    for (const text of ["The café opens at nine", "Anna likes tea in the café", "Anna likes dogs", "Boxes go to the cellar"]) await memory.note(text);
    const [first, ...others] = await memory.found("Which CAFES does Anna love?");
    expect([first, others.sort()]).toEqual(["Anna likes tea in the café", ["Anna likes dogs", "The café opens at nine"]]);
    expect(await memory.found("dog")).toEqual(["Anna likes dogs"]);
    expect(await memory.found("nobody")).toEqual([]);
  });

  test.each([
    ["明日は東京都に行く", ["東京", "京", "東京都", "明日", "行く"]],
    ["나는 학교에서 공부한다", ["학교", "학교에서", "공부", "나"]],
    ["カタカナの名前はガイドです", ["ガイド", "ｶﾞｲﾄﾞ", "名前", "名"]],
    ["我喜歡喝綠茶", ["綠茶", "茶", "喜歡", "我喜歡"]],
    ["ประชุมวันจันทร์", ["วันจันทร์", "ประชุม"]],
    ["Party 🎉 on Friday", ["🎉", "friday 🎉"]],
    ["ключ лежит под ковром", ["КЛЮЧ", "ковром"]],
    ["C and R are languages", ["C"]],
  ])("finds in %s each of %j", async (text, queries) => {
    const memory = await testMemory();
    await memory.note(text);
    await memory.note("Something else");
    for (const query of queries) expect([query, await memory.found(query)]).toEqual([query, [text]]);
  });

  test.each(['"', '""', "'", '" OR *', "NEAR", "NEAR(a b, 2)", "AND", "NOT", "OR", "*", "-", "a -b", "^a", "labels:w64", "words : x", "{labels words} : x", "(", ")", "a + b", "--", "%", "_", "\\", "\0", "\u{d800}", "🎉", "x".repeat(10_000), "a b ".repeat(2500), "東".repeat(5000)])(
    "does not choke on %j",
    async (query) => {
      const memory = await testMemory();
      await memory.note(`${query} near and not or`);
      await expect(memory.found(query)).resolves.toBeInstanceOf(Array);
      expect(await memory.found("near")).toHaveLength(1);
    },
  );

  test("does not choke on any text, saved or asked for", async () => {
    const memory = await testMemory();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 300 }), fc.string({ unit: "binary", maxLength: 300 }), async (text, query) => {
        await memory.note(text, { tags: [query.slice(0, 64)] });
        expect((await memory.found(query)).length).toBeLessThanOrEqual(10);
        await memory.search(owner, { query, limit: 5, tags: [query.slice(0, 64)] });
      }),
    );
  });

  test("is not drowned by a word that every entry has", async () => {
    const memory = await testMemory();
    await memory.note("meeting about the roof");
    await Promise.all(Array.from({ length: 2500 }, (_, index) => memory.note(`meeting number${index}`)));
    expect(await memory.found("meeting roof", { limit: 1 })).toEqual(["meeting about the roof"]);
    expect(await memory.found("meeting", { limit: 100 })).toHaveLength(100);
  });

  test("wants all of the tags, and finds tags as words", async () => {
    const memory = await testMemory();
    await memory.note("Anna prefers tea", { tags: ["Habits", "people"] });
    await memory.note("Tea is in the cellar", { tags: ["stock"] });
    expect(await memory.found("tea", { tags: ["habits"] })).toEqual(["Anna prefers tea"]);
    expect(await memory.found("tea", { tags: ["habits", "stock"] })).toEqual([]);
    expect(await memory.found("people")).toEqual(["Anna prefers tea"]);
  });

  test("prefers what is fresh, and what was used lately, among what fits alike", async () => {
    const memory = await testMemory();
    await memory.note("tea one");
    memory.clock.now += 90 * dayMs;
    await memory.note("tea two");
    expect(await memory.found("tea")).toEqual(["tea two", "tea one"]);
  });

  test("notes that an agent was told, once an hour; a key's search is no use", async () => {
    const memory = await testMemory();
    await memory.note("tea");
    await memory.search(owner, { query: "tea", limit: 1 });
    const used = async () => (await memory.list(owner, { limit: 1 })).items[0]?.lastUsedAt;
    expect(await used()).toBeNull();
    const first = memory.clock.now;
    await memory.found("tea");
    expect(await used()).toBe(first);
    memory.clock.now += 1000;
    await memory.found("tea");
    expect(await used()).toBe(first);
    memory.clock.now += 3_600_000;
    await memory.found("tea");
    expect(await used()).toBe(memory.clock.now);
  });
});

describe("workspaces", () => {
  test("know nothing of each other", async () => {
    const memory = await testMemory();
    const id = await memory.note("tea of the default workspace");
    await memory.note("tea of the team", { workspaceId: "team" });
    expect(await memory.found("tea", { workspaceId: "team" })).toEqual(["tea of the team"]);
    expect((await memory.search(teamOnly, { query: "tea", limit: 10 })).map(({ memory: { text } }) => text)).toEqual(["tea of the team"]);
    expect((await memory.list(teamOnly, { limit: 10 })).items).toHaveLength(1);
    expect((await memory.stats(teamOnly)).map(({ workspaceId, entries, bytes }) => [workspaceId, entries, bytes])).toEqual([["team", 1, 15]]);
    await expect(memory.search(teamOnly, { query: "tea", limit: 1, workspaceId: "default" })).rejects.toMatchObject({ code: "not_found" });
    await expect(memory.add(teamOnly, { text: "x", tags: [], workspaceId: "default" })).rejects.toMatchObject({ code: "not_found" });
    await expect(memory.delete(teamOnly, id)).rejects.toMatchObject({ code: "not_found" });
    expect(await memory.prune(teamOnly, { keep: 0 }, false)).toBe(1);
    expect(await memory.found("tea")).toHaveLength(1);
    expect([memory.has("team"), memory.has("default")]).toEqual([false, true]);
  });
});

describe("deleting", () => {
  async function aged() {
    const memory = await testMemory();
    for (let days = 0; days < 10; days++) {
      await memory.note(`tea ${days}`, { workspaceId: days % 2 === 0 ? "default" : "team" });
      memory.clock.now += dayMs;
    }
    return memory;
  }

  test.each([
    [{ olderThanDays: 5 }, 5],
    [{ keep: 3 }, 7],
    [{ keep: 10 }, 0],
    [{ keep: 0 }, 10],
    [{ olderThanDays: 5, keep: 8 }, 2],
    [{ workspaceId: "team" }, 5],
    [{ workspaceId: "team", keep: 2 }, 3],
    [{ workspaceId: "team", olderThanDays: 5 }, 2],
  ])("pruning by %j deletes %i of ten, and says so before", async (criteria, number) => {
    const memory = await aged();
    expect(await memory.prune(owner, criteria, true)).toBe(number);
    expect(await memory.indexed()).toBe(10);
    expect(await memory.prune(owner, criteria, false)).toBe(number);
    expect([(await memory.list(owner, { limit: 100 })).items.length, await memory.indexed()]).toEqual([10 - number, 10 - number]);
    expect(await memory.prune(owner, criteria, true)).toBe(0);
  });

  test("wants a criterion", async () => {
    const memory = await testMemory();
    await expect(memory.prune(owner, {}, true)).rejects.toMatchObject({ code: "bad_request" });
  });

  test("goes through more entries than one piece has", async () => {
    const memory = await testMemory();
    await Promise.all(Array.from({ length: 1234 }, (_, index) => memory.note(`tea ${index}`)));
    expect(await memory.prune(owner, { keep: 10 }, false)).toBe(1224);
    expect([(await memory.found("tea", { limit: 100 })).length, await memory.indexed()]).toEqual([10, 10]);
  });

  test("one entry takes it out of the index", async () => {
    const memory = await testMemory();
    await memory.delete(owner, await memory.note("tea"));
    expect([await memory.found("tea"), await memory.indexed(), memory.has("default")]).toEqual([[], 0, false]);
  });

  test("a sweep deletes what is older than the settings keep it, also when they change", async () => {
    const memory = await aged();
    memory.use({ ...memory.settings, retentionDays: 4 });
    await memory.sweep();
    expect(await memory.indexed()).toBe(4);
    memory.clock.now += dayMs;
    await memory.sweep();
    expect(await memory.indexed()).toBe(3);
  });

  test("the oldest go when there are too many, with the save that was one too many", async () => {
    const memory = await testMemory({ maxEntries: 3 });
    for (const text of ["tea 1", "tea 2", "tea 3", "tea 4"]) {
      await memory.note(text);
      memory.clock.now += 1;
    }
    expect((await memory.list(owner, { limit: 10 })).items.map(({ text }) => text)).toEqual(["tea 4", "tea 3", "tea 2"]);
    await Promise.all([memory.note("tea 5"), memory.note("tea 6", { workspaceId: "team" })]);
    expect([(await memory.list(owner, { limit: 10 })).items.length, await memory.indexed()]).toEqual([3, 3]);
    memory.use({ ...memory.settings, maxEntries: 1 });
    await memory.sweep();
    expect([await memory.indexed(), memory.has("default"), memory.has("team")]).toEqual([1, false, true]);
  });
});

test("two saves at once are both there", async () => {
  const memory = await testMemory();
  const ids = await Promise.all([memory.note("tea one"), memory.note("tea one")]);
  expect(new Set(ids).size).toBe(2);
  expect(await memory.found("tea")).toHaveLength(2);
});

test("the list goes on where its page ended, the newest first", async () => {
  const memory = await testMemory();
  for (let index = 0; index < 5; index++) await memory.note(`tea ${index}`);
  const texts: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await memory.list(owner, { limit: 2, cursor });
    texts.push(...page.items.map(({ text }) => text));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(texts).toEqual(["tea 4", "tea 3", "tea 2", "tea 1", "tea 0"]);
});
