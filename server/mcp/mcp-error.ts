/** Why a server cannot be reached or used, in words that may be shown: no header, no URL, no text of the server's. */
export class McpError extends Error {
  override readonly name = "McpError";
}
