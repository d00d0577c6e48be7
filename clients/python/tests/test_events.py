"""Server-Sent Events as bytes, in all the ways that a network cuts them."""

from __future__ import annotations

import pytest

from openclaw.server_sent_events import EventDecoder, ServerSentEvent

stream = (
    '\ufeff: heartbeat\n\nid: r:1\ndata: {"a":"Grüße \u2028 👋"}\n\nevent: x\r\ndata:two\r\n'
    "data: lines\r\n\r\nid: r:3\rdata: 3\r\rdata: never ended\n"
).encode()
events = [
    ServerSentEvent("r:1", '{"a":"Grüße \u2028 👋"}'),
    ServerSentEvent("r:1", "two\nlines"),
    ServerSentEvent("r:3", "3"),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, len(stream)])
def test_events_are_the_same_however_the_bytes_come(size: int) -> None:
    decoder = EventDecoder()
    assert [event for at in range(0, len(stream), size) for event in decoder.feed(stream[at : at + size])] == events
