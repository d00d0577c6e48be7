"""A TCP proxy that a bad network stands behind: it breaks streams off in the middle of an event."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class CuttingProxy:
    url: str
    cuts: int = 0


@contextmanager
def cutting_proxy(target: str, *, times: int, events_before: int) -> Iterator[CuttingProxy]:
    """Cuts `times` connections, each behind `events_before` whole events."""
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = CuttingProxy(f"http://127.0.0.1:{listener.getsockname()[1]}")
    host, port = urlsplit(target).hostname, urlsplit(target).port or 80
    sockets: list[socket.socket] = [listener]
    threads: list[threading.Thread] = []

    def pump(source: socket.socket, sink: socket.socket, *, may_cut: bool) -> None:
        events = 0
        with suppress(OSError):
            while piece := source.recv(65536):
                starts = [found.start() for found in re.finditer(rb"data: {", piece)] if may_cut and proxy.cuts < times else []
                if events + len(starts) > events_before:
                    proxy.cuts += 1
                    sink.sendall(piece[: starts[events_before - events] + 9])
                    break
                events += len(starts)
                sink.sendall(piece)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def spawn(*args: socket.socket, may_cut: bool) -> None:
        threads.append(threading.Thread(target=pump, args=args, kwargs={"may_cut": may_cut}))
        threads[-1].start()

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                gateway = socket.create_connection((host, port))
                sockets.extend((client, gateway))
                spawn(client, gateway, may_cut=False)
                spawn(gateway, client, may_cut=True)

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield proxy
    finally:
        for each in sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        acceptor.join()
        for thread in threads:
            thread.join()
        for each in sockets:
            each.close()
