import { expect, test } from "vitest";
import { htmlText } from "./html-text.ts";

test.each([
  ["<p>One</p><p>Two</p>", "One\n\nTwo"],
  ["<ul><li>a<li>b</ul>", "- a\n- b"],
  ["a<!-- hidden > --><b>b</b>", "ab"],
  ["<style>p{}</style><script>if (a < b) x</script>text", "text"],
  ["<SCRIPT>x</SCRIPT >text", "text"],
  ["1 < 2 &lt; 3 &#65;&#x42;&nbsp;&unknown; &valueOf;", "1 < 2 < 3 AB &unknown; &valueOf;"],
  ["&#0;&#99999999;&#x110000;", "&#0;&#99999999;&#x110000;"],
  ["<script>never closed", ""],
  ["<a href='x'", ""],
  ["İ<script>x</script>ok", "İok"],
])("%j reads %j", (html, text) => {
  expect(htmlText(html)).toBe(text);
});

test.each(["<", "<a", "<!--", "<script>", "</script", "&#", "<script></script", "\n", " ", "&amp;"])("a megabyte of %j takes no time to speak of", (piece) => {
  const startedAt = performance.now();
  htmlText(piece.repeat(1_000_000 / piece.length));
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});
