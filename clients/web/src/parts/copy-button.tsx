import { useState } from "preact/hooks";
import { copyText } from "./copy-text.ts";
import { Icon } from "./icon.tsx";

/** Copies a text, and says so. */
export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [isCopied, setIsCopied] = useState(false);
  async function copy() {
    setIsCopied(await copyText(text));
    setTimeout(() => setIsCopied(false), 2000);
  }
  return (
    <button type="button" onClick={() => void copy()}>
      <Icon name={isCopied ? "done" : "copy"} />
      <span aria-live="polite">{isCopied ? "Copied" : label}</span>
    </button>
  );
}
