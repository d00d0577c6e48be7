"""Server-Sent Events (WHATWG HTML, 9.2.6), decoded from bytes as they come."""

from __future__ import annotations

import codecs
from dataclasses import dataclass


@dataclass(frozen=True)
class ServerSentEvent:
    #: The last `id:` so far, for `Last-Event-ID`.
    id: str | None
    data: str


class EventDecoder:
    """One stream's decoder: a piece of bytes in, the events that it completes out. An event that is cut off is dropped."""

    def __init__(self) -> None:
        # utf-8-sig: a byte order mark at the beginning is no part of the first line.
        self._text = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._rest = ""
        self._id: str | None = None
        self._data: list[str] = []

    def feed(self, piece: bytes) -> list[ServerSentEvent]:
        # Not str.splitlines: it breaks at U+2028 and others, which may stand in JSON as they are.
        text = self._rest + self._text.decode(piece)
        # The other half of a CRLF may be in the next piece.
        held = "\r" if text.endswith("\r") else ""
        *lines, rest = text.removesuffix(held).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._rest = rest + held
        events: list[ServerSentEvent] = []
        for line in lines:
            if line == "":
                if self._data:
                    events.append(ServerSentEvent(self._id, "\n".join(self._data)))
                self._data = []
                continue
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "data":
                self._data.append(value)
            elif field == "id" and "\0" not in value:
                self._id = value
        return events
