/** What every method of the Bot API answers with. */
export type Answer<Result = unknown> = { ok: true; result: Result } | { ok: false; error_code: number; description: string; parameters?: Record<string, unknown> };

export function refusal(status: number, description: string, parameters?: Record<string, unknown>): Answer<never> {
  return { ok: false, error_code: status, description, ...(parameters && { parameters }) };
}
