"""A server that does what it is told, one answer after the other: the faults that a gateway cannot be made to have."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    status: int = 200
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Of a stream. Behind the last of them the connection is closed, and in the middle of the answer when `cut`.
    events: tuple[str, ...] | None = None
    cut: bool = False
    #: Seconds before it answers.
    delay: float = 0
    #: Seconds for which nothing comes behind the events, before the connection is closed.
    stall: float = 0
    #: Instead of an answer the connection is closed.
    hang_up: bool = False
    #: Instead of JSON.
    text: str | None = None


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    at: float


@dataclass
class ScriptedServer:
    url: str
    answers: list[Answer]
    received: list[Received] = field(default_factory=list)


@contextmanager
def scripted_server(*answers: Answer) -> Iterator[ScriptedServer]:
    """Fails when it was asked more often than there are answers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.received.append(Received(self.command, self.path, headers, json.loads(body) if body else None, time.monotonic()))
            if not server.answers:
                self.send_error(599)
                return
            answer = server.answers.pop(0)
            time.sleep(answer.delay)
            if answer.hang_up:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            content = json.dumps(answer.json).encode() if answer.text is None else answer.text.encode()
            media_type = "application/json" if answer.text is None else "text/html"
            if answer.events is not None:
                content, media_type = "".join(answer.events).encode(), "text/event-stream"
            length = len(content) + (10 if answer.cut or answer.stall else 0)
            self.send_response(answer.status)
            for name, value in {"Content-Type": media_type, "Content-Length": str(length), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            time.sleep(answer.stall)
            if answer.cut or answer.stall:
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = ScriptedServer(f"http://127.0.0.1:{http.server_address[1]}", list(answers))
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
    assert not any(answer for answer in server.answers), f"never asked for: {server.answers}"
