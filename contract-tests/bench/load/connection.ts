import { connect, type Socket } from "node:net";

/**
 * One kept-alive HTTP/1.1 connection for one request at a time, with just the parser that the load needs: a length or
 * chunks. It works on latin1 strings, where a character is a byte, and costs a fraction of a full client; the load
 * generator shares two cores with what it measures.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #pending = "";
  #state: State = "idle";
  #remaining = 0;
  #status = 0;
  #exchange: Exchange | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.setNoDelay(true);
    socket.on("data", (data: string) => this.#read(data));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  /** Sends the request's bytes as they stand; resolves with the status once the body is complete. */
  exchange(request: string, onText: (text: string) => void): Promise<number> {
    if (this.#socket.destroyed) return Promise.reject(new Error("the server closed the connection"));
    return new Promise((resolve, reject) => {
      this.#exchange = { onText, resolve, reject };
      this.#state = "head";
      this.#socket.write(request, "latin1");
    });
  }

  close(): void {
    this.#exchange = undefined;
    this.#socket.destroy();
  }

  #read(data: string): void {
    this.#pending = this.#pending === "" ? data : this.#pending + data;
    try {
      while (this.#step());
    } catch (error) {
      this.#socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Takes one part off the pending text; false when it needs more. */
  #step(): boolean {
    switch (this.#state) {
      case "idle":
        if (this.#pending !== "") throw new Error(`bytes that nobody asked for: ${this.#pending.slice(0, 80)}`);
        return false;
      case "head": {
        const head = this.#take("\r\n\r\n");
        if (head === undefined) return false;
        this.#status = Number(head.slice(9, 12));
        const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
        if (length === undefined && !/\r\ntransfer-encoding: *chunked/i.test(head)) throw new Error(`neither length nor chunks: ${head}`);
        this.#remaining = Number(length ?? 0);
        this.#state = length === undefined ? "chunk size" : "body";
        if (length === "0") this.#finish();
        return true;
      }
      case "body":
        if (!this.#takeText()) return false;
        this.#finish();
        return true;
      case "chunk size": {
        const size = this.#take("\r\n");
        if (size === undefined) return false;
        this.#remaining = Number.parseInt(size, 16);
        this.#state = this.#remaining === 0 ? "last chunk" : "chunk";
        return true;
      }
      case "chunk":
        if (!this.#takeText()) return false;
        this.#state = "chunk end";
        return true;
      case "chunk end":
        if (this.#take("\r\n") === undefined) return false;
        this.#state = "chunk size";
        return true;
      case "last chunk":
        if (this.#take("\r\n") === undefined) return false;
        this.#finish();
        return true;
    }
  }

  #take(end: string): string | undefined {
    const at = this.#pending.indexOf(end);
    if (at === -1) return undefined;
    const taken = this.#pending.slice(0, at);
    this.#pending = this.#pending.slice(at + end.length);
    return taken;
  }

  /** Hands on what there is of the body; true once all of this part is there. */
  #takeText(): boolean {
    const text = this.#pending.slice(0, this.#remaining);
    this.#pending = this.#pending.slice(text.length);
    this.#remaining -= text.length;
    if (text !== "") this.#exchange?.onText(text);
    return this.#remaining === 0;
  }

  #finish(): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    this.#state = "idle";
    exchange?.resolve(this.#status);
  }

  #fail(error: Error): void {
    this.#exchange?.reject(error);
    this.#exchange = undefined;
  }
}

type State = "idle" | "head" | "body" | "chunk size" | "chunk" | "chunk end" | "last chunk";

interface Exchange {
  onText: (text: string) => void;
  resolve: (status: number) => void;
  reject: (error: Error) => void;
}
