import { Views } from "../parts/views.tsx";

/** Where the dead letters are. No webhook has this id: those of the database begin with `whk_`. */
export const deadLetters = "dead-letters";

export function WebhookViews({ current }: { current: "webhooks" | "dead-letters" }) {
  return (
    <Views
      label="Webhooks"
      views={[
        { title: "Webhooks", place: { page: "webhooks" }, isCurrent: current === "webhooks" },
        { title: "Dead letters", place: { page: "webhooks", object: deadLetters }, isCurrent: current === deadLetters },
      ]}
    />
  );
}
