import { escape } from "./escape.ts";
import { pageGroups } from "./pages.ts";
import type { RenderedPage } from "./render.ts";

/** A page with what all have: the head with its search, and the navigation. All addresses begin with `/`; an export makes them relative. */
export function pageShell(pages: readonly RenderedPage[], page: RenderedPage): string {
  const link = (to: RenderedPage) => `<li><a href="/docs/${to.name}"${to === page ? ' aria-current="page"' : ""}>${escape(to.title)}</a></li>`;
  const groups = pageGroups.map(({ title, pages: names }) => `<h2>${title}</h2><ul>${names.map((name) => link(pages.find((one) => one.name === name)!)).join("")}</ul>`);
  const isReference = page.name === "reference";
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escape(page.title)} · OpenClaw Gateway</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/docs/files/style.css" />
    <script src="/docs/files/page.js" defer></script>
  </head>
  <body class="${isReference ? "reference" : "prose"}">
    <a class="skip" href="#main">Skip to the page</a>
    <header>
      <a class="brand" href="/docs/start">OpenClaw</a>
      <div class="search">
        <input type="search" placeholder="Search" aria-label="Search the documentation" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list" autocomplete="off" spellcheck="false" />
        <kbd>/</kbd>
        <ul id="found" role="listbox" aria-label="Found" hidden></ul>
      </div>
      <a href="/docs"${isReference ? ' aria-current="page"' : ""}>Reference</a>
    </header>
    <details class="pages"${isReference ? "" : " open"}>
      <summary>Pages</summary>
      <nav aria-label="Pages">${groups.join("")}<h2>For machines</h2><ul><li><a href="/openapi.yaml">OpenAPI, YAML</a></li><li><a href="/openapi.json">OpenAPI, JSON</a></li><li><a href="/openapi-3.0.yaml">OpenAPI 3.0, YAML</a></li><li><a href="/asyncapi.yaml">AsyncAPI, YAML</a></li><li><a href="/asyncapi.json">AsyncAPI, JSON</a></li></ul></nav>
    </details>
    <main id="main">
${page.html}    </main>
  </body>
</html>
`;
}
