import { useEffect, useState } from "preact/hooks";

/** Where the reader is: `/app/chat/sess_1` is `{ page: "chat", object: "sess_1" }`, and `/` is `{ page: "" }`. */
export interface Place {
  page: string;
  object?: string | undefined;
}

const moved = new EventTarget();

/** Goes to a place. `replace` leaves no step back to where the reader was. */
export function go(place: Place, { replace = false } = {}): void {
  const address = addressOf(place);
  if (address === location.pathname) return;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  moved.dispatchEvent(new Event("moved"));
}

function addressOf({ page, object }: Place): string {
  if (page === "") return "/";
  return `/app/${encodeURIComponent(page)}${object === undefined ? "" : `/${encodeURIComponent(object)}`}`;
}

/** Where the reader is now, and after each step. */
export function usePlace(): Place {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const update = () => setPath(location.pathname);
    moved.addEventListener("moved", update);
    addEventListener("popstate", update);
    return () => {
      moved.removeEventListener("moved", update);
      removeEventListener("popstate", update);
    };
  }, []);
  return placeAt(path);
}

function placeAt(path: string): Place {
  const [page = "", object] = path.replace(/^\/app\/|^\//, "").split("/").map(decode);
  return { page, object: object || undefined };
}

/** A broken escape in an address is shown as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** For links: a plain click goes there without loading the page anew; with a modifier the browser does as it does. */
export function linkTo(place: Place): { href: string; onClick: (event: MouseEvent) => void } {
  return {
    href: addressOf(place),
    onClick(event) {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      go(place);
    },
  };
}
