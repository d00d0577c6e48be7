import { expect, test } from "vitest";
import { escapePlain } from "./plain.ts";

test.each([
  ["nothing to do, is there? (no) 12:30", "nothing to do, is there? (no) 12:30"],
  ["2 * 3 * 4 and snake_case_name", "2 \\* 3 \\* 4 and snake\\_case\\_name"],
  ["a `code` and a \\ back", "a \\`code\\` and a \\\\ back"],
  ["~~gone~~ ~5", "\\~~gone\\~~ ~5"],
  ["a || b | c", "a \\|| b | c"],
  ["# one\n## two\n-# small\n#3", "\\# one\n\\## two\n\\-# small\n#3"],
  ["- a\n  + b\n* c\n10. d\n  1. e", "\\- a\n  \\+ b\n\\* c\n10\\. d\n  1\\. e"],
  ["> quoted\n>>> all\na > b", "\\> quoted\n\\>>> all\na > b"],
  ["<@1> <#2> <t:3:R> @everyone @here me@here.org", "\\<@1> \\<#2> \\<t\\:3:R> \\@everyone \\@here me\\@here.org"],
  [":smile: 10:20:30", "\\:smile: 10\\:20:30"],
  ["[text](https://a.example/b_c*d) https://a.example/x_y_z.", "\\[text](https://a.example/b_c*d) https://a.example/x_y_z."],
])("%j is written so that Discord shows it as it is", (text, written) => {
  expect(escapePlain(text)).toBe(written);
});
