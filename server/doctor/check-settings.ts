import type { Examination } from "./examination.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** Whether there is a file that can be used, and what in it is probably not meant. */
export function checkSettings({ file, faults, warnings }: Pick<Examination, "file" | "faults" | "warnings">): Finding[] {
  if (faults.length > 0) {
    return [
      ...faults.map(({ path, message }) => problem(`${[path === "" ? (file ?? "The settings") : path, message].join(" ")}`, "Correct it: the gateway does not start with it.")),
      warning("What depends on the settings has not been checked.", "Run the doctor again once the settings can be used."),
    ];
  }
  return [
    ok(file === null ? "No settings file: the defaults are used." : `The settings in ${file} can be used.`),
    ...warnings.map((message) => warning(message, "Change it in the settings, unless it is meant.")),
  ];
}
