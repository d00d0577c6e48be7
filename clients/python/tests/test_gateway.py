"""Against a running gateway: turns, streams that a bad network cuts, lists, errors."""

from __future__ import annotations

import asyncio
import time

import pytest
from support.cutting_proxy import cutting_proxy
from support.gateway import Gateway

from openclaw import AsyncOpenClaw, AsyncOpenClawClient, NotFoundError, OpenClaw, OpenClawClient, OpenClawConnectionError, models
from openclaw.errors import AuthenticationError, BadRequestError

words = " ".join(f"word{n}" for n in range(200))


def test_a_conversation_goes_on(gateway: Gateway) -> None:
    with OpenClawClient(gateway.url, gateway.token) as client:
        first = client.message("One")
        second = client.message("Two", conversation_id=first.conversation_id)
        assert second.conversation_id == first.conversation_id
        detail = client.sessions.get_conversation(first.conversation_id)
        assert [message.content for message in detail.messages] == ["One", "You said: One", "Two", "You said: Two"]


def test_both_editions_of_chat_answer_in_their_own_shape(gateway: Gateway) -> None:
    with OpenClaw(gateway.url, gateway.token) as client:
        conversation = client.chat.chat(body=models.ConversationsChatRequest(message="Write a poem", temperature=0.5))
        assert isinstance(conversation, models.ConversationsChatAnswer)
        assert conversation.content == "You said: Write a poem"
        agent = client.chat.chat(body=models.AgentsChatRequest(message="Write a poem", session_id=None))
        assert isinstance(agent, models.AgentsChatAnswer)
        assert agent.response.content == "You said: Write a poem"


def test_a_stream_has_each_event_as_what_it_is(gateway: Gateway) -> None:
    with OpenClawClient(gateway.url, gateway.token) as client:
        stream = client.stream("Tell me a story")
        events = list(stream)
    assert isinstance(events[0], models.OperatorStartEvent)
    assert "".join(event.content for event in events if isinstance(event, models.DeltaEvent)) == "You said: Tell me a story"
    assert isinstance(events[-1], models.OperatorDoneEvent)
    assert stream.run_id is not None
    assert stream.request_id is not None


@pytest.mark.parametrize("events_before", [0, 1, 40])
def test_a_stream_that_is_cut_three_times_loses_and_doubles_nothing(gateway: Gateway, events_before: int) -> None:
    with cutting_proxy(gateway.url, times=3, events_before=events_before) as proxy, OpenClaw(proxy.url, gateway.token) as client:
        assert "".join(client.messages.stream(words)) == f"You said: {words}"
        assert proxy.cuts == 3


def test_an_async_stream_that_is_cut_loses_and_doubles_nothing(gateway: Gateway) -> None:
    async def read(url: str) -> str:
        async with AsyncOpenClaw(url, gateway.token) as client, client.messages.stream(words) as stream:
            return "".join([token async for token in stream])

    with cutting_proxy(gateway.url, times=3, events_before=5) as proxy:
        assert asyncio.run(read(proxy.url)) == f"You said: {words}"
        assert proxy.cuts == 3


def test_async_calls_run_side_by_side(gateway: Gateway) -> None:
    async def run() -> list[str]:
        async with AsyncOpenClawClient(gateway.url, gateway.token) as client:
            answers = await asyncio.gather(*(client.message(f"Number {n}") for n in range(5)))
            return [answer.content for answer in answers]

    assert asyncio.run(run()) == [f"You said: Number {n}" for n in range(5)]


def test_a_turn_that_nobody_waits_for_can_be_asked_for_and_read_later(gateway: Gateway) -> None:
    with OpenClawClient(gateway.url, gateway.token) as client:
        started = client.start("Later")
        events = list(client.runs.stream_run_events(started.run_id))
        assert isinstance(events[-1], models.OperatorDoneEvent)
        assert client.runs.get_run(started.run_id).status == "completed"


def test_a_cancelled_stream_stops_its_turn(gateway: Gateway) -> None:
    with OpenClaw(gateway.url, gateway.token) as client:
        stream = client.messages.stream(words * 50)
        next(stream)
        stream.cancel()
        run_id = stream.events.run_id
        assert run_id is not None
        assert client.runs.get_run(run_id).status in ("cancelled", "completed")
        assert list(stream) == []


def test_a_list_is_iterated_page_after_page(gateway: Gateway) -> None:
    async def ids_of_all() -> list[str]:
        async with AsyncOpenClaw(gateway.url, gateway.token) as client:
            return [session.id async for session in client.sessions.iterate_sessions(workspace="paged", limit=2)]

    with OpenClaw(gateway.url, gateway.token) as client:
        client.workspaces.create_workspace(id="paged")
        made = [client.messages.send(f"Session {n}", workspace="paged").session_id for n in range(5)]
        page = client.sessions.list_sessions(workspace="paged", limit=2)
        assert len(page.sessions) == 2
        assert page.next_cursor
        listed = [session.id for session in client.sessions.iterate_sessions(workspace="paged", limit=2)]
        assert sorted(listed) == sorted(made)
        assert asyncio.run(ids_of_all()) == listed
        client.sessions.delete_session(made[0])
        with pytest.raises(NotFoundError):
            client.sessions.get_session(made[0])


def test_an_error_says_what_when_and_under_which_id(gateway: Gateway) -> None:
    with OpenClaw(gateway.url, gateway.token) as client:
        with pytest.raises(NotFoundError, match="sess_nobody") as missing:
            client.sessions.get_session("sess_nobody")
        assert (missing.value.status, missing.value.code) == (404, "not_found")
        assert missing.value.request_id == missing.value.headers["X-Request-ID"]
        with pytest.raises(BadRequestError) as refused:
            client.messages.send("")
        assert refused.value.details["errors"][0]["path"] == "/message"
        # The plain edition and OpenAI's face.
        with pytest.raises(NotFoundError) as plain:
            client.sessions.get_plain_session("sess_nobody")
        assert plain.value.code == "NOT_FOUND"
        with pytest.raises(NotFoundError) as openai:
            client.open_ai.get_openai_model("nothing")
        assert openai.value.code


def test_a_wrong_token_is_refused_before_a_stream_begins(gateway: Gateway) -> None:
    with OpenClaw(gateway.url, "oc_tok_nobody") as client, pytest.raises(AuthenticationError):
        next(client.messages.stream("Hello"))


def test_the_events_are_followed_behind_one(gateway: Gateway) -> None:
    with OpenClawClient(gateway.url, gateway.token) as client:
        last = client.events.list_events().last
        said = client.message("Followed")
        with client.follow_events(after=last, types=["message.received", "message.sent"]) as events:
            sent = (event for event in events if isinstance(event, models.MessageSentEvent))
            found = next(event for event in sent if event.data.session_id == said.conversation_id)
        assert found.data.response == "You said: Followed"
        assert found.id > last


def test_every_operation_of_the_contract_is_a_method(gateway: Gateway) -> None:
    import re
    from pathlib import Path

    contract = (Path(__file__).parents[3] / "generated" / "openapi.yaml").read_text()
    ids = re.findall(r"^ +operationId: (\w+)$", contract, re.M)
    names = {each.lower() for each in ids}
    with OpenClaw(gateway.url, gateway.token) as client:
        groups = [getattr(client, name) for name in dir(type(client)) if not name.startswith("_") and name not in ("messages",)]
        methods = {name.replace("_", "") for group in groups for name in dir(group)}
    assert len(ids) > 90
    assert names - methods == set()


def test_nobody_there_is_said_at_once_without_retries() -> None:
    began = time.monotonic()
    with OpenClaw("http://127.0.0.1:9", max_retries=0) as client, pytest.raises(OpenClawConnectionError) as error:
        client.health.get_health()
    assert error.value.status == 0
    assert time.monotonic() - began < 2
