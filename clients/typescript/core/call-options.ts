/** What every call takes beside its request. */
export interface CallOptions {
  /** Aborts the request; the call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What every stream takes beside its request. */
export interface StreamOptions extends CallOptions {
  /** Told each time the connection has broken off, before the stream is taken up again. */
  onReconnect?: ((cause: Error) => void) | undefined;
}
