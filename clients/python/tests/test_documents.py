"""The lines that the documents have of this package run as they stand there."""

from __future__ import annotations

import pytest
from support.gateway import Gateway

from openclaw import OpenClaw, OpenClawClient


def test_the_operator_edition_sends_a_message(gateway: Gateway) -> None:
    client = OpenClawClient(
        base_url=gateway.url,
        token=gateway.token,
    )
    response = client.message("What is the weather tomorrow?")
    assert response.content == "You said: What is the weather tomorrow?"
    client.close()


def test_the_workspaces_edition_sends_and_streams(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    with OpenClaw(gateway.url, gateway.token) as owner:
        owner.workspaces.create_workspace(id="team")
    client = OpenClaw(
        base_url=gateway.url,
        api_key=gateway.token,
    )
    # Send a message
    response = client.messages.send(
        workspace="team",
        user_id="python-app",
        message="Summarize the last 10 commits",
    )
    print(response.response)
    # Stream
    for token in client.messages.stream(
        workspace="team",
        user_id="python-app",
        message="Write a deployment plan",
    ):
        print(token, end="", flush=True)
    assert capsys.readouterr().out == "You said: Summarize the last 10 commits\nYou said: Write a deployment plan"
    client.close()
