import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readHtml } from "../../../contract-tests/fakes/telegram/read-html.ts";
import { toTelegramHtml } from "./telegram-html.ts";

describe("Markdown in Telegram's HTML", () => {
  test.each([
    ["emphasis", "**b** *i* _i_ ***bi*** ~~s~~ `c`", "<b>b</b> <i>i</i> <i>i</i> <i><b>bi</b></i> <s>s</s> <code>c</code>"],
    ["one tilde", "~5 and ~10, a ~b~ c", "~5 and ~10, a ~b~ c"],
    ["every sign of HTML", `a < b > c & "d" 'e'`, "a &lt; b &gt; c &amp; &quot;d&quot; 'e'"],
    ["what is no Markdown", "2 * 3 * 4 snake_case_name \\*x\\* C:\\dir", "2 * 3 * 4 snake_case_name *x* C:\\dir"],
    ["character references", "&lt;x&gt; &amp; &nbsp;&#65;&#x1F600; &#60; &amp;lt; &unknown; `&lt;`", "&lt;x&gt; &amp; \u00a0A😀 &lt; &amp;lt; &amp;unknown; <code>&amp;lt;</code>"],
    ["a heading", "# The **first**\n## Second\ntext", "<b>The <b>first</b></b>\n\n<b>Second</b>\n\ntext"],
    ["code with its language", '```ts title="x"\nif (a < b) {\n\n}\n```', '<pre><code class="language-ts">if (a &lt; b) {\n\n}</code></pre>'],
    ["code without one", "```\n<x>\n```", "<pre>&lt;x&gt;</pre>"],
    ["code that is not closed yet", "Look:\n```py\nprint(1)", 'Look:\n\n<pre><code class="language-py">print(1)</code></pre>'],
    ["a link", "[the *docs*](https://x.y/?a=1&b=2)", '<a href="https://x.y/?a=1&amp;b=2">the <i>docs</i></a>'],
    ["a link with references", "[d](http://x.y/?a&amp;b) http://x.y/?a&amp;b", '<a href="http://x.y/?a&amp;b">d</a> <a href="http://x.y/?a&amp;amp;b">http://x.y/?a&amp;amp;b</a>'],
    ["a bare link", "https://x.y/a_b_c", '<a href="https://x.y/a_b_c">https://x.y/a_b_c</a>'],
    ["a link that Telegram cannot open", "[a file](./a.ts), [run](javascript:x), <ada@x.y>, [one](tg://user?id=1)", "a file (./a.ts), run (javascript:x), ada@x.y, one (tg://user?id=1)"],
    ["an image", "![a cat](https://x.y/c.png)", '<a href="https://x.y/c.png">a cat</a>'],
    ["a list", "- one\n- **two**\n\n* three", "• one\n• <b>two</b>\n\n• three"],
    ["a loose list", "- one\n\n- two", "• one\n• two"],
    ["a numbered list", "3. three\n4. four", "3. three\n4. four"],
    ["lists in lists", "- a\n  - b\n    1. c\n- d\n\n  more", "• a\n  • b\n    1. c\n• d\n  more"],
    ["tasks", "- [x] done\n- [ ] *todo*", "☑ done\n☐ <i>todo</i>"],
    ["code in a list", "1. run\n   ```sh\n   a\n     b\n   ```\n2. done", '1. run\n<pre><code class="language-sh">a\n  b</code></pre>\n2. done'],
    ["a quote", "> one\n> two\n>\n> - three", "<blockquote>one\ntwo\n\n• three</blockquote>"],
    ["a quote in a quote", "> a\n> > b", "<blockquote>a\n\nb</blockquote>"],
    ["a table", "| name | n |\n|---|--:|\n| **a** | 1 |\n| `b<` |", "<pre>name | n\n-----|--\na    | 1\nb&lt;   |</pre>"],
    ["a rule", "a\n\n---\n\nb", "a\n\n———\n\nb"],
    ["tags", "a<br>b <u>c</u>\n\n<div>d</div>", "a\nb &lt;u&gt;c&lt;/u&gt;\n\n&lt;div&gt;d&lt;/div&gt;"],
    ["lines", "one\ntwo  \nthree", "one\ntwo\nthree"],
  ])("%s", (_name, markdown, html) => {
    expect(toTelegramHtml(markdown)).toBe(html);
    expect(readHtml(html)).toHaveProperty("text");
  });

  test.each([["nothing", ""], ["blanks", " \n "], ["a definition", "[a]: http://x.y"], ["quotes without end", ">".repeat(4096)]])("is none for %s: it is sent as it is", (_name, markdown) => {
    expect(toTelegramHtml(markdown)).toBeNull();
  });
});

const pieces = ["**", "*", "_", "~~", "`", "```\n", "```ts\n", "\n", "\n\n", "> ", "- ", "1. ", "# ", "|", "|-|\n", "[", "](http://x.y)", "![", "<", ">", "</b>", "<b>", "&", "&lt;", '"', "\\", "  ", "    ", "word", "😀", "---\n", "- [x] ", "http://a.b/<"];

test("whatever a model writes, Telegram can read it", () => {
  const written = fc.oneof(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((all) => all.join("")), fc.string({ unit: "grapheme", maxLength: 100 }));
  fc.assert(
    fc.property(written, (markdown) => {
      expect(readHtml(toTelegramHtml(markdown) ?? "")).toHaveProperty("text");
    }),
    { numRuns: 2000 },
  );
});

test("no word is lost, wherever it stands", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces.filter((piece) => !piece.includes("|") && !piece.includes("word"))), { maxLength: 20 }), (around) => {
      const markdown = around.map((piece, at) => `${piece}word${at} `).join("");
      const html = toTelegramHtml(markdown);
      // The language of a code block is told in a tag; what is none is sent as it was written.
      for (const at of around.keys()) expect(html ?? markdown).toContain(`word${at}`);
    }),
    { numRuns: 1000 },
  );
});
