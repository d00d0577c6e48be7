import { useEffect, useRef } from "preact/hooks";
import { useAccount } from "../account.ts";
import { Icon } from "../parts/icon.tsx";
import { pages, type Page } from "../pages.ts";
import { linkTo, usePlace } from "../router.ts";
import { LoadedPage } from "./loaded-page.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";
import "./shell.css";

/** Around every page: the navigation with what the key may see, and the way out. */
export function Shell() {
  const { key, may, logOut } = useAccount();
  const { page: name, object } = usePlace();
  const visible = pages.filter(({ permission }) => may(permission));
  const page = name === "" ? visible[0] : visible.find((candidate) => candidate.name === name);
  const main = useFocusOnNavigation(page?.name ?? name);

  useEffect(() => {
    document.title = `${page?.title ?? "Not found"} · OpenClaw`;
    // On a phone the strip of pages is longer than the screen.
    document.querySelector(".shell-bar [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [page]);

  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <header class="shell-bar">
        <a class="brand" aria-label="OpenClaw" {...linkTo({ page: "" })}>
          <img src="/assets/icon.svg" alt="" width="28" height="28" />
          <span>OpenClaw</span>
        </a>
        <nav aria-label="Pages">
          <ul>
            {visible.map((item) => (
              <li key={item.name}>
                <a {...linkTo({ page: item.name })} aria-current={item === page ? "page" : undefined}>
                  <Icon name={item.icon} />
                  <span>{item.title}</span>
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="shell-foot">
          <p class="who" title={key.id}>
            {key.label}
          </p>
          <ThemeSwitch />
          <button type="button" class="quiet" onClick={() => logOut()} title="Log out">
            <Icon name="logOut" />
            <span class="hide-narrow">Log out</span>
            <span class="only-narrow visually-hidden">Log out</span>
          </button>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {page ? <LoadedPage key={page.name} page={page} object={object} /> : <NoPage name={name} hidden={pages.find((candidate) => candidate.name === name)} first={visible[0]} />}
      </main>
    </div>
  );
}

function NoPage({ name, hidden, first }: { name: string; hidden: Page | undefined; first: Page | undefined }) {
  return (
    <section class="page">
      <h1>{hidden ? `This key may not open ${hidden.title}` : first ? "There is no such page" : "This key opens no page"}</h1>
      <p>{hidden ? `The page needs the permission ${hidden.permission}. Log in with a key that has it.` : first ? `Nothing is called “${name}” here.` : "It has none of the permissions that the pages need. Log in with another key."}</p>
      {first && (
        <p>
          <a {...linkTo({ page: first.name })}>Go to {first.title}</a>
        </p>
      )}
    </section>
  );
}

/** Whoever goes to another page by keyboard or screen reader goes on from there. */
function useFocusOnNavigation(page: string) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    main.current?.focus();
  }, [page]);
  return main;
}
