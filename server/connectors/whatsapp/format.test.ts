import fc from "fast-check";
import { expect, test } from "vitest";
import { formatForWhatsapp } from "./format.ts";

test.each([
  ["bold, in both ways of writing it", "**bold** and __bold__", "*bold* and *bold*"],
  ["italic, in both ways of writing it", "*italic* and _italic_", "_italic_ and _italic_"],
  ["struck", "~~gone~~", "~gone~"],
  ["bold and italic at once", "***both***", "_*both*_"],
  ["bold within bold only once", "**a __b__ c**", "*a b c*"],
  ["bold over a line's end, line by line", "**one\ntwo**", "*one*\n*two*"],
  ["code in a line", "Call `a_b(*c*)`.", "Call `a_b(*c*)`."],
  ["code with a backtick", "``a`b``", "```a`b```"],
  ["a block of code, without its language", "```ts\nconst a = *b*;\n\n// _c_\n```", "```\nconst a = *b*;\n\n// _c_\n```"],
  ["a fence within a block of code", "````\n```\nx\n```\n````", "```\n``\u200B`\nx\n``\u200B`\n```"],
  ["headings", "# Title\n\nText\n\n## **Part** two", "*Title*\n\nText\n\n*Part two*"],
  ["a list", "- one\n* two\n+ three", "- one\n\n- two\n\n- three"],
  ["a list within a list", "- one\n  - two\n    - three\n- four", "- one\n  - two\n    - three\n- four"],
  ["a numbered list, from its number on", "3. three\n4. four\n   - more", "3. three\n4. four\n   - more"],
  ["a list of tasks", "- [x] done\n- [ ] open", "- ☑ done\n- ☐ open"],
  ["a list with code in it", "- one\n\n  ```\n  code\n  ```\n- two", "- one\n  ```\n  code\n  ```\n\n- two"],
  ["a quote", "> one\n> **two**\n>\n> three", "> one\n> *two*\n> \n> three"],
  ["a link, with its address behind it", "See [the *docs*](https://a.example/x_y_z).", "See the _docs_ (https://a.example/x_y_z)."],
  ["an address that stands for itself", "https://a.example/_x_ and <https://b.example/*y*>", "https://a.example/_x_ and https://b.example/*y*"],
  ["an image", "![A cat](https://a.example/cat.png)", "A cat (https://a.example/cat.png)"],
  ["a table, as a block of code", "| Name | No |\n|---|--:|\n| **Ann** | 7 |\n| Bo | 12 |", "```\nName  No\nAnn   7\nBo    12\n```"],
  ["a rule", "one\n\n---\n\ntwo", "one\n\n———\n\ntwo"],
  ["line breaks", "one  \ntwo<br>three\nfour", "one\ntwo\nthree\nfour"],
  ["character references", "Q&amp;A &lt;b&gt; &#x41;&#66; &nope;", "Q&A <b> AB &nope;"],
  ["HTML, as it was written", "<details>x</details>", "<details>x</details>"],
  ["words with signs in them", "snake_case_name, 2 * 3 * 4, ~5 to ~6", "snake_case_name, 2 * 3 * 4, \u200B~5 to ~6"],
  ["signs that stand for themselves", String.raw`\*not bold\*, \_not italic\_, \~not struck\~`, "\u200B*not bold*, \u200B_not italic_, \u200B~not struck~"],
  ["a line that is no quote and one that is no list", String.raw`\> no quote` + "\n" + String.raw`\- no list`, "\u200B> no quote\n\u200B- no list"],
  ["nothing but a definition", "[x]: https://a.example", ""],
])("%s", (_, markdown, expected) => {
  expect(formatForWhatsapp(markdown)).toBe(expected);
});

test("no letter or digit is lost, whatever is written", () => {
  const pieces = fc.constantFrom("*", "**", "_", "~~", "`", "```\n", "\n", "\n\n", "- ", "1. ", "> ", "# ", "a", "Bc", "7", " ", "\\", "ü", "😀", "x y");
  const letters = (text: string) => text.replaceAll(/[^\p{L}]/gu, "");
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const markdown = parts.join("");
      // The word behind an opening fence is its language, which WhatsApp has no place for.
      fc.pre(!/(`{3,}|~{3,})[^\n]*\p{L}/u.test(markdown));
      expect(letters(formatForWhatsapp(markdown))).toBe(letters(markdown));
    }),
  );
});
