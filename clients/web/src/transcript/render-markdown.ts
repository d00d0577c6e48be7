import DOMPurify from "dompurify";
import { Marked, type Token, type TokensList } from "marked";

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string) => text.replaceAll(/[&<>"]/g, (character) => escapes[character]!);

/** Markdown without its HTML, which is shown as the text that it is; and without pictures, which would be asked of other servers. */
const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escape(text),
    image: ({ href, text }) => `<a href="${escape(href)}">${escape(text || href)}</a>`,
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
  },
});

const allowed = {
  ALLOWED_TAGS: ["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td"],
  ALLOWED_ATTR: ["href", "title", "start", "align", "class"],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** The blocks of a text: paragraphs, lists, code. While it grows only the last ones change, and only they are drawn again. */
export function blocksOf(text: string): TokensList {
  return marked.lexer(text);
}

/** A block as it goes into the page: cleaned, its links leading out of it, its code with a button to copy it. */
export function renderBlock(block: Token, copyButton: (code: string) => HTMLElement): DocumentFragment {
  const fragment = DOMPurify.sanitize(marked.parser([block]), { ...allowed, RETURN_DOM_FRAGMENT: true });
  for (const link of fragment.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  for (const code of fragment.querySelectorAll("pre")) frame(code, "code", languageOf(code), copyButton(code.textContent.replace(/\n$/, "")));
  for (const table of fragment.querySelectorAll("table")) letScroll(frame(table, "table"));
  return fragment;
}

function frame(element: HTMLElement, className: string, label?: string, button?: HTMLElement): HTMLElement {
  const around = document.createElement("div");
  around.className = className;
  element.replaceWith(around);
  if (button) {
    const head = document.createElement("div");
    head.className = "code-head";
    const name = document.createElement("span");
    name.textContent = label ?? "";
    head.append(name, button);
    around.append(head);
    letScroll(element);
  }
  around.append(element);
  return around;
}

/** What can be scrolled must be reached by keyboard. */
function letScroll(element: HTMLElement): void {
  element.tabIndex = 0;
}

function languageOf(code: Element): string {
  return /language-(\S+)/.exec(code.querySelector("code")?.className ?? "")?.[1] ?? "text";
}
