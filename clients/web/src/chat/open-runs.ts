/** The runs that this tab has begun and not seen the end of, by their sessions: kept for the time after a reload. */
const storedAs = "openclaw.runs";

export const openRuns = {
  of: (sessionId: string): string | undefined => read()[sessionId],
  add: (sessionId: string, runId: string): void => write({ ...read(), [sessionId]: runId }),
  remove: (runId: string): void => write(Object.fromEntries(Object.entries(read()).filter(([, id]) => id !== runId))),
};

function read(): Record<string, string> {
  return JSON.parse(sessionStorage.getItem(storedAs) ?? "{}") as Record<string, string>;
}

function write(runs: Record<string, string>): void {
  sessionStorage.setItem(storedAs, JSON.stringify(runs));
}
