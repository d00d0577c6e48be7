import type { Token } from "marked";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { copyText } from "../parts/copy-text.ts";
import { blocksOf, renderBlock } from "./render-markdown.ts";
import "./markdown.css";

/** What a model has written, as Markdown. It may be anything: nothing of it runs, loads or styles the page. */
export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => blocksOf(text), [text]);
  return (
    <div class="markdown">
      {blocks.map((block, at) => block.type !== "space" && <Block key={at} block={block} />)}
    </div>
  );
}

function Block({ block }: { block: Token }) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    element.current?.replaceChildren(renderBlock(block, copyButton));
  }, [block.raw]);
  return <div ref={element} />;
}

function copyButton(code: string): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy code");
  const say = (text: string) => {
    button.textContent = text;
  };
  button.addEventListener("click", () => {
    void copyText(code).then((isCopied) => say(isCopied ? "Copied" : "Select and copy it"));
    setTimeout(say, 2000, "Copy");
  });
  return button;
}
