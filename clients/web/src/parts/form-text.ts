/** What was typed into a field, without the blanks around it; empty for one that is not there. */
export function formText(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** What was typed, under the name that it has in the contract; nothing where nothing was. */
export function typed<Name extends string>(form: FormData, name: Name): { [Key in Name]?: string } {
  const text = formText(form, name);
  return (text === "" ? {} : { [name]: text }) as { [Key in Name]?: string };
}

/** The same of a number. */
export function typedNumber<Name extends string>(form: FormData, name: Name): { [Key in Name]?: number } {
  const text = formText(form, name);
  return (text === "" ? {} : { [name]: Number(text) }) as { [Key in Name]?: number };
}
