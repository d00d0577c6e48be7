import { expect, test } from "vitest";
import { readText } from "./read-text.ts";

test.each([
  ["<@UBOT> do it", "do it"],
  ["<@UBOT>: do it", "do it"],
  ["please, <@UBOT>, do it", "please, do it"],
  ["do it <@UBOT>!", "do it!"],
  ["do <@UBOT|claw> it :tada: now", "do it :tada: now"],
  ["one\n<@UBOT>\ntwo", "one\n \ntwo"],
  ["ask <@U2> or <@U3|bob>", "ask @Bea or @bob"],
  ["in <#C1|general>, <#C2> or <#C3|>", "in #general, #C2 or #C3"],
  ["<!here> <!subteam^S1|@team> <!date^1^{date}|May 1>", "@here @team May 1"],
  ["<https://x.org/?a=1&amp;b=2> <https://x.org|the docs> <http://x.org|x.org> <mailto:a@x.org|a@x.org>", "https://x.org/?a=1&b=2 the docs (https://x.org) x.org a@x.org"],
  ["&lt;@U2&gt; &amp;lt;", "<@U2> &lt;"],
])("%s", async (markup, expected) => {
  expect(await readText(markup, "UBOT", async (id) => (id === "U2" ? "Bea" : id))).toBe(expected);
});
