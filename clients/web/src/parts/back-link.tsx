import { linkTo, type Place } from "../router.ts";
import { Icon } from "./icon.tsx";

/** The way from one object to the list of all. */
export function BackLink({ place, title }: { place: Place; title: string }) {
  return (
    <p>
      <a class="row" {...linkTo(place)}>
        <Icon name="back" />
        {title}
      </a>
    </p>
  );
}
