/** The least important first. */
export const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

export interface LogsOptions {
  follow?: boolean;
  level?: (typeof levels)[number];
  grep?: string;
  /** An instant of the contract. */
  since?: string;
  lines: number;
  json?: boolean;
  url: string;
  /** Whether somebody has said where the gateway is. */
  isUrlGiven: boolean;
  token: string | undefined;
  config?: string;
}
