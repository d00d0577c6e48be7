/** What a request takes beside its input, whether it is a call or a stream. */
export interface RequestOptions {
  /** Aborts the request; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** How often it is tried again at the most; the client's own number (2) without it. */
  maxRetries?: number | undefined;
  /**
   * What the gateway knows a POST by when it comes twice: one is made for each call, so that nothing is done twice. Your own,
   * to send the call again from another process; null for none: the POST is then sent once, and a turn ends with its last reader.
   */
  idempotencyKey?: string | null | undefined;
}

/** What every call takes beside its input. */
export interface CallOptions extends RequestOptions {
  /** How long it may take with all that is tried again; the client's own time (10 minutes) without it. */
  timeoutMs?: number | undefined;
}

/** What every stream takes beside its input. */
export interface StreamOptions extends RequestOptions {
  /** Told each time the connection has broken off, before the stream is taken up again. */
  onReconnect?: ((cause: Error) => void) | undefined;
}
