import { linkTo, type Place } from "../router.ts";

export interface View {
  title: string;
  place: Place;
  isCurrent: boolean;
}

/** Links between the views of a page, side by side; each has an address of its own. */
export function Views({ label, views }: { label: string; views: readonly View[] }) {
  return (
    <nav class="views" aria-label={label}>
      {views.map(({ title, place, isCurrent }) => (
        <a key={title} {...linkTo(place)} aria-current={isCurrent ? "page" : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}
