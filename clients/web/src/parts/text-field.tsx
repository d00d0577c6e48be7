import type { InputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";

/** What an input takes, and its label. */
export type TextFieldProps = InputHTMLAttributes & {
  label: string;
  name: string;
  hint?: string | undefined;
};

/** A line to type in, with its label above and what helps below. */
export function TextField({ label, hint, ...input }: TextFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} aria-describedby={hint === undefined ? undefined : `${id}-hint`} {...input} />
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
