"""What a client does when the gateway, or the network, is not well."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from support.scripted_server import Answer, ScriptedServer, scripted_server

from openclaw import AsyncOpenClaw, OpenClaw, OpenClawConnectionError, OpenClawError, OpenClawTimeoutError, RateLimitError
from openclaw.errors import ConflictError

answered = Answer(
    json={
        "messageId": "msg_1",
        "response": "Hi",
        "tokensUsed": 1,
        "latencyMs": 1,
        "sessionId": "sess_1",
        "toolsInvoked": [],
        "finishReason": "stop",
    }
)
done = f"id: run_1:3\ndata: {json.dumps({**answered.json, 'type': 'done'})}\n\n"


def refusal(status: int, code: str, retry_after: str | None = None, **more: Any) -> Answer:
    headers = {"X-Request-Id": "req_1"} | ({} if retry_after is None else {"Retry-After": retry_after})
    return Answer(status=status, json={"error": code, "message": "No.", "status": status, "details": {}, **more}, headers=headers)


def token(n: int, text: str) -> str:
    return f'id: run_1:{n}\ndata: {{"type":"token","content":"{text}"}}\n\n'


@pytest.mark.parametrize("fault", [refusal(429, "rate_limited", "1"), refusal(503, "service_unavailable"), Answer(hang_up=True)])
def test_a_post_is_sent_again_with_the_same_idempotency_key(fault: Answer) -> None:
    with scripted_server(fault, answered) as server, OpenClaw(server.url) as client:
        assert client.messages.send("Hello").response == "Hi"
        first, second = server.received
        assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
        assert first.body == second.body == {"message": "Hello"}
        assert second.at - first.at >= (0.95 if fault.status == 429 else 0.3)


def test_each_post_has_a_key_of_its_own_unless_told_one() -> None:
    with scripted_server(answered, answered, answered) as server, OpenClaw(server.url) as client:
        client.messages.send("Hello")
        client.messages.send("Hello")
        client.chat.send_message(message="Hello", idempotency_key="mine")
        keys = [request.headers["idempotency-key"] for request in server.received]
        assert len(set(keys)) == 3
        assert keys[2] == "mine"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (refusal(409, "conflict"), ConflictError),
        (refusal(500, "internal_error"), OpenClawError),
        (refusal(408, "timeout"), OpenClawError),
        # Too long to wait without being told to.
        (refusal(429, "rate_limited", "3600", retryAfter=3600), RateLimitError),
    ],
)
def test_what_would_not_pass_is_raised_at_once(fault: Answer, kind: type[OpenClawError]) -> None:
    with scripted_server(fault) as server, OpenClaw(server.url) as client:
        with pytest.raises(kind) as error:
            client.messages.send("Hello")
        assert (error.value.status, error.value.code) == (fault.status, fault.json["error"])
        assert error.value.retry_after == fault.json.get("retryAfter")
        assert error.value.request_id == "req_1"


def test_retries_end() -> None:
    with scripted_server(*[refusal(503, "service_unavailable", "0")] * 2) as server, OpenClaw(server.url, max_retries=1) as client:
        with pytest.raises(OpenClawError, match="service_unavailable"):
            client.health.get_health()
        assert len(server.received) == 2


def test_a_patch_whose_answer_was_lost_is_not_sent_again() -> None:
    with scripted_server(Answer(hang_up=True)) as server, OpenClaw(server.url) as client, pytest.raises(OpenClawConnectionError):
        client.workspaces.update_workspace_allowlist("team", add=["alice"])


def test_a_gateway_that_does_not_answer_in_time_is_not_asked_again() -> None:
    with scripted_server(Answer(json={}, delay=0.5)) as server, OpenClaw(server.url) as client:
        with pytest.raises(OpenClawTimeoutError):
            client.with_options(timeout=0.1).health.get_health()
        assert len(server.received) == 1


@pytest.mark.parametrize("answer", [Answer(text="<h1>Welcome</h1>"), Answer(json={"another": "service"})])
def test_something_else_at_the_address_is_named(answer: Answer) -> None:
    with scripted_server(answer) as server, OpenClaw(server.url) as client:
        with pytest.raises(OpenClawError, match="an OpenClaw gateway") as error:
            client.messages.send("Hello")
        assert error.value.code == "unexpected_answer"


def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="base_url"):
        OpenClaw("localhost:18789")


def resumed(server: ScriptedServer) -> None:
    first, *others = server.received
    assert (first.method, first.path) == ("POST", "/api/v1/messages/stream")
    assert [(each.method, each.path, each.headers["last-event-id"]) for each in others] == [
        ("GET", "/api/v1/runs/run_1/events", "run_1:1"),
        ("GET", "/api/v1/runs/run_1/events", "run_1:2"),
    ]


faults = (
    # Cut in the middle of an event, which is told again; then refused once, which does not count as having been read.
    Answer(events=(token(1, "Hel"), token(2, "lo")[:20]), cut=True, headers={"X-Run-Id": "run_1"}),
    Answer(events=(token(2, "lo"),)),
    Answer(events=(done,)),
)


def test_a_stream_goes_on_behind_the_last_event() -> None:
    with scripted_server(*faults) as server, OpenClaw(server.url) as client:
        assert list(client.messages.stream("Hello")) == ["Hel", "lo"]
        resumed(server)


def test_an_async_stream_goes_on_behind_the_last_event() -> None:
    async def read(url: str) -> list[str]:
        async with AsyncOpenClaw(url) as client:
            return [text async for text in client.messages.stream("Hello")]

    with scripted_server(*faults) as server:
        assert asyncio.run(read(server.url)) == ["Hel", "lo"]
        resumed(server)


def test_a_stream_that_was_cut_before_its_run_was_known_is_the_same_request_again() -> None:
    with scripted_server(Answer(events=(), cut=True), Answer(events=(token(1, "Hi"), done))) as server, OpenClaw(server.url) as client:
        assert list(client.messages.stream("Hello")) == ["Hi"]
        first, second = server.received
        assert first.path == second.path
        assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


def test_a_stream_that_stalls_is_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openclaw.connection._stalled_after", 0.1)
    stalled = Answer(events=(token(1, "Hel"),), stall=0.5, headers={"X-Run-Id": "run_1"})
    with scripted_server(stalled, Answer(events=(token(2, "lo"), done))) as server, OpenClaw(server.url) as client:
        assert list(client.messages.stream("Hello")) == ["Hel", "lo"]
        assert server.received[1].at - server.received[0].at < 0.5


def test_neither_query_nor_password_are_in_an_error() -> None:
    with OpenClaw("http://user:hush@127.0.0.1:9", max_retries=0) as client, pytest.raises(OpenClawConnectionError) as error:
        next(client.chat.stream_chat_by_query(message="hush"))
    assert "hush" not in str(error.value)


def test_the_error_that_a_stream_ends_with_is_raised() -> None:
    event = 'data: {"type":"error","error":"provider_error","message":"It broke.","status":502,"details":{"provider":"x"}}\n\n'
    with (
        scripted_server(Answer(events=(token(1, "Hi"), event), headers={"X-Request-Id": "req_7"})) as server,
        OpenClaw(server.url) as client,
    ):
        read: list[str] = []
        with pytest.raises(OpenClawError, match="It broke") as error:
            read.extend(client.messages.stream("Hello"))
        assert (error.value.status, error.value.code, error.value.details) == (502, "provider_error", {"provider": "x"})
        assert error.value.request_id == "req_7"


def test_events_of_a_newer_gateway_are_passed_over() -> None:
    unknown = 'data: {"type":"thought","content":"Hm"}\n\n'
    with scripted_server(Answer(events=(unknown, token(1, "Hi"), done))) as server, OpenClaw(server.url) as client:
        assert list(client.messages.stream("Hello")) == ["Hi"]


def test_a_run_that_is_gone_when_the_stream_comes_back_is_raised() -> None:
    lost = refusal(404, "not_found")
    cut = Answer(events=(token(1, "Hi"),), cut=True, headers={"X-Run-Id": "run_1"})
    with scripted_server(cut, lost) as server, OpenClaw(server.url) as client:
        stream = client.messages.stream("Hello")
        assert next(stream) == "Hi"
        with pytest.raises(OpenClawError, match="not_found"):
            next(stream)


def test_values_and_members_of_a_newer_gateway_are_let_through() -> None:
    newer = Answer(json={**answered.json, "finishReason": "tired", "mood": "good"})
    with scripted_server(newer) as server, OpenClaw(server.url) as client:
        answer = client.messages.send("Hello")
        assert answer.finish_reason == "tired"  # type: ignore[comparison-overlap]
        assert answer.additional_properties == {"mood": "good"}
