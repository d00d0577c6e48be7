import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeText, toMrkdwn } from "./mrkdwn.ts";

describe("Markdown as Slack's mrkdwn", () => {
  test.each([
    ["a usual answer", "**Yes**, *it* is ~~not~~ `x < 1`.", "*Yes*, _it_ is ~not~ `x &lt; 1`."],
    ["headings", "# The *plan* for **now**\n\nGo.", "*The _plan_ for now*\n\nGo."],
    ["bold and italic at once", "***both***", "_*both*_"],
    ["a marker within a word", "un**believ**able", "un\u200B*believ*\u200Bable"],
    ["bold over two lines", "**one\ntwo**", "*one*\n*two*"],
    ["lists within lists", "- one\n  - two\n  - three\n- four", "• one\n    • two\n    • three\n• four"],
    ["numbered lists", "3. c\n4. d\n   more", "3. c\n4. d\n    more"],
    ["tasks", "- [x] done\n- [ ] open", "• ☑ done\n• ☐ open"],
    ["loose lists", "- one\n\n- two", "• one\n• two"],
    ["code without its language", "```ts\nif (a < b && c) {}\n```", "```\nif (a &lt; b &amp;&amp; c) {}\n```"],
    ["code that is still being written", "Look:\n\n```ts\nconst a", "Look:\n\n```\nconst a\n```"],
    ["fences within code", "````\n```\n````", "```\n`\u200B`\u200B`\n```"],
    ["code within lists and quotes", "- run\n  ```sh\n  if a\n    b\n  ```\n  then\n\n> see\n>\n> ```\n> a\n> b\n> ```", "• run\n    ```\nif a\n  b\n```\n    then\n\n> see\n```\na\nb\n```"],
    ["quotes", "> one\n> two\n\nthree", "> one\n> two\n\nthree"],
    ["links", "[a & b](https://x.org/?a=1&b=2) <https://x.org> https://y.org", "<https://x.org/?a=1&amp;b=2|a &amp; b> <https://x.org> <https://y.org>"],
    ["links that would break out", "[a](<https://x.org/|!channel>)", "<https://x.org/%7C!channel|a>"],
    ["links that are mentions", "[all](!channel) [you](@U1) [js](javascript:alert)", "all you js"],
    ["images", "![a cat](https://x.org/c.png)", "<https://x.org/c.png|a cat>"],
    ["mentions", "<!channel> <@U1> @everyone &lt;!here&gt;", "&lt;!channel&gt; &lt;@U1&gt; @everyone &lt;!here&gt;"],
    ["tables", "| a | bee |\n|---|---|\n| **long** | 1 < 2 |", "```\na     bee\nlong  1 &lt; 2\n```"],
    ["breaks and rules", "a<br>b\n\n---\n\nc", "a\nb\n\n──────────\n\nc"],
    ["HTML as it stands", "<div>x</div>", "&lt;div&gt;x&lt;/div&gt;"],
    ["escapes", "1 \\* 2 and snake_case_name &amp; so on", "1 * 2 and snake_case_name &amp; so on"],
  ])("%s", (_name, markdown, expected) => {
    expect(toMrkdwn(markdown)).toBe(expected);
  });

  test("whatever is written, only links to the web are links, and nobody is mentioned", () => {
    const pieces = fc.array(fc.constantFrom("<!channel>", "<@U1>", "[a](", ")", "!here", "|", ">", "<", "`", "```", "**", "_", "~~", "\n", "- ", "https://x.org", "&lt;", "&", "a"), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, (parts) => {
        for (const [, inner = ""] of toMrkdwn(parts.join("")).matchAll(/<([^>]*)>?/g)) expect(inner).toMatch(/^https?:\/\//);
      }),
    );
  });

  test("plain text has three characters that need an escape", () => {
    expect(escapeText("a < b > c & d &amp; *e*")).toBe("a &lt; b &gt; c &amp; d &amp;amp; *e*");
  });
});
