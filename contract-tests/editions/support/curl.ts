import { runProgram } from "./run-program.ts";

export interface CurlAnswer {
  status: number;
  contentType: string;
  body: string;
  /** The body as JSON. */
  json(): unknown;
}

/** Runs curl with these arguments, and says what it got. Fails when curl does. */
export async function curl(...args: readonly string[]): Promise<CurlAnswer> {
  const { stdout, stderr, status } = await runProgram("curl", ["--silent", "--show-error", "--max-time", "15", "--write-out", "\n%{http_code} %{content_type}", ...args]);
  if (status !== 0) throw new Error(`curl ended with ${status}: ${stderr}`);
  const end = stdout.lastIndexOf("\n");
  const [code = "", ...contentType] = stdout.slice(end + 1).split(" ");
  const body = stdout.slice(0, end);
  return { status: Number(code), contentType: contentType.join(" "), body, json: () => JSON.parse(body) as unknown };
}
