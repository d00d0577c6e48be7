import { useId } from "preact/hooks";

export interface SelectFieldProps<Value extends string> {
  label: string;
  name?: string;
  /** What can be chosen, and what it is called. */
  options: Readonly<Record<Value, string>>;
  value: NoInfer<Value>;
  onValue?: (value: NoInfer<Value>) => void;
}

/** One of a few. */
export function SelectField<Value extends string>({ label, name, options, value, onValue }: SelectFieldProps<Value>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name={name} {...(onValue ? { value, onChange: (event) => onValue(event.currentTarget.value as Value) } : { defaultValue: value })}>
        {Object.entries<string>(options).map(([key, text]) => (
          <option key={key} value={key} selected={key === value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
