import { expect, test } from "vitest";
import { toDiscordMarkdown } from "./markdown.ts";

test("what Discord shows by itself stays as it is", () => {
  const text = "# Title\n\nA **bold**, *slanted*, ~~gone~~ and `co||de` word, a [link](https://a.example/x), <https://b.example> and https://c.example/a_b.\n\n- one\n- two\n  - three\n\n1. first\n2. second\n\n> a quote\n> of two lines\n\n```ts\nconst a = 1 || 2;\n\nreturn a;\n```\n\n---\n\n\\*not slanted\\*";
  expect(toDiscordMarkdown(text)).toBe(text);
});

test.each([
  ["a table is a code block with columns", "| Name | Cost |\n|:--|--:|\n| **Tea** | 5 |\n| [Cocoa](https://a.example) | 12 |", "```\nName                      | Cost\n--------------------------|-----\nTea                       |    5\nCocoa (https://a.example) |   12\n```"],
  ["an image is a link", "![A cat](https://a.example/cat.png) and ![](https://a.example/dog.png)", "[A cat](https://a.example/cat.png) and https://a.example/dog.png"],
  ["a low heading is a bold line", "#### Details\n\n##### **Very** small", "**Details**\n\n**Very** small"],
  ["an underlined heading is one with a sign", "Title\n=====\n\ntext", "# Title\n\ntext"],
  ["underscores of strength are stars", "__strong__ and _weak_", "**strong** and _weak_"],
  ["bars are no spoilers", "if a || b || c", "if a \\|\\| b \\|\\| c"],
  ["other bullets are Discord's", "+ one\n+ two", "- one\n- two"],
  ["indented code has a fence", "look:\n\n    a = 1\n    b = 2", "look:\n\n```\na = 1\nb = 2\n```"],
  ["fences of tildes and names with options are Discord's", "~~~python title=x\nprint(1)\n~~~", "```python\nprint(1)\n```"],
  ["a fence in a fence does not end it", "````md\n```js\n```\n````", "```md\n`\u200b``js\n`\u200b``\n```"],
  ["links by reference are written out", "see [the docs][1]\n\n[1]: https://a.example/d", "see [the docs](https://a.example/d)"],
  ["a link whose text is an address is the address", "[https://a.example](https://a.example/x)", "https://a.example/x"],
  ["parentheses in a link do not end it", "[wiki](<https://a.example/A_(b)>)", "[wiki](<https://a.example/A_(b)>)"],
  ["a link to no web page is left as it is", "[mail](mailto:a@a.example) [there](/docs)", "[mail](mailto:a@a.example) [there](/docs)"],
  ["a backslash at the end of a line breaks it", "one\\\ntwo", "one\ntwo"],
  ["what is within lists and quotes is rewritten too", "1. one\n\n   | a |\n   |---|\n   | b |\n2. ![x](https://a.example)\n\n> #### q", "1. one\n\n   ```\n   a\n   -\n   b\n   ```\n2. [x](https://a.example)\n\n> **q**"],
  ["tasks keep their boxes", "- [x] done\n- [ ] open", "- [x] done\n- [ ] open"],
  ["half a fence, as a stream has it, is closed", "```js\nlet a", "```js\nlet a\n```"],
  ["HTML stays", "a <b>c</b>\n\n<details>x</details>", "a <b>c</b>\n\n<details>x</details>"],
])("%s", (_, text, written) => {
  expect(toDiscordMarkdown(text)).toBe(written);
});
