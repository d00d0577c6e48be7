/** One thing that is wrong with the settings. */
export interface Fault {
  /** JSON pointer into the file (`/gateway/port`), empty for the file as a whole; `$NAME` for an environment variable, `--name` for an option. */
  readonly path: string;
  /** What was expected, to be read after the path. Never holds the value of a secret. */
  readonly message: string;
  /** The environment variable that is needed and not set, where that is the fault: of another process than this one it may be set. */
  readonly variable?: string;
}

/** The settings cannot be used. `message` has a line for each fault, ready to be printed. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  /** EX_CONFIG of sysexits.h. */
  readonly exitCode = 78;
  /** The file at fault; null when there is none. */
  readonly file: string | null;
  readonly faults: readonly Fault[];

  constructor(file: string | null, faults: readonly Fault[], cause?: unknown) {
    super(describe(file, faults), cause === undefined ? undefined : { cause });
    this.file = file;
    this.faults = faults;
  }
}

function describe(file: string | null, faults: readonly Fault[]): string {
  const where = file === null ? "The settings" : `The settings in ${file}`;
  const lines = faults.map(({ path, message }) => `  ${path === "" ? "" : `${path} `}${message}`);
  return [`${where} cannot be used:`, ...lines].join("\n");
}
