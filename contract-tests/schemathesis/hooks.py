"""What Schemathesis must know of the gateway beyond its contract."""

import re
from itertools import count, cycle

import schemathesis
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import RejectedPositiveData, positive_data_acceptance, response_schema_conformance

numbers = count()
tokens = cycle(f"oc_tok_key_of_the_fuzzer_{index}" for index in range(40))


@schemathesis.auth(refresh_interval=None)
class Keys:
    """Forty keys in turn: the plain edition's limits, which no key is without, would hide what is behind them."""

    def get(self, case, context):
        return f"Bearer {next(tokens)}"

    def set(self, case, data, context):
        case.headers["Authorization"] = data


@schemathesis.hook
def before_call(context, case, kwargs):
    """Each request comes from an address of its own: after a few wrong tokens from one the gateway hears no further ones. And
    one with a fitting `Idempotency-Key` has another than those before it, which would be a 409 as soon as anything else differs."""
    number = next(numbers)
    case.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    if re.fullmatch(r"[!-~]{1,200}", str(case.headers.get("Idempotency-Key", ""))):
        case.headers["Idempotency-Key"] += f":{number}"


# Requests that fit their schema and are refused nevertheless, as the contract documents: operations, and what the answer says.
documented = [
    # What the gateway gave out itself cannot be made up.
    (r"list\w+", r"not a cursor|no place in the log|not the id of an event"),
    (r"chat|message|sendMessage|stream\w+", r"not the id of an event of a stream"),
    # A name must be one of those that there are.
    (r"chat|streamChat\w*|sendMessage|streamMessage|createWorkspace|\w+CronJob|createMemory", r"There is no agent `"),
    (r"createKey", r"There is no workspace `"),
    # Moments that are none, or that are over; no pattern knows the calendar.
    (r"get\w*Stats", r"is no day of the calendar|must not be before|must not be more than 366 days before"),
    (r"createKey|\w+CronJob|replayWebhook|listLogs", r"must be a date|is no moment|in the past|over already"),
    # Members that go together, or do not.
    (r"chat|streamChat\w*", r"cannot go with"),
    (r"\w+CronJob", r"/(schedule|at|everyMs|timezone|deliver/webhook) "),
    (r"listLogs", r"is for the (gateway's|audit) log"),
    (r"updateWorkspaceAllowlist", r"cannot be added and removed at once"),
    (r"pruneMemory", r"Say what to prune"),
    # What it depends on is elsewhere: in the tool's schema, the registry, the file of the settings and its version.
    (r"invokeTool", r"The arguments of \w+ do not fit|There is no (file|folder)|is no file"),
    (r"installSkill", r"name no registry of skills|There is no (file|folder)"),
    (r"replaceSettings|updatePlainSettings", r"These settings cannot be used|The settings have changed since"),
    (r"\w+Webhook", r"/url (must be|is|leads|may)"),
    # A WebSocket, asked for without an upgrade; its token may be in the query, too.
    (r"openSocket", r"ask for an upgrade|There are two tokens"),
]


@schemathesis.check
def allowed_requests_are_taken(ctx, response, case):
    """`positive_data_acceptance`, save for what the contract says in words only. In the phases that are the same each time: sequences
    of requests are random, since the gateway's ids are, and would now and then come upon a word that is not listed above."""
    if case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL:
        return
    try:
        positive_data_acceptance(ctx, response, case)
    except RejectedPositiveData:
        operation = case.operation.definition.raw["operationId"]
        if not any(re.fullmatch(name, operation) and re.search(message, response.text) for name, message in documented):
            raise


@schemathesis.check
def answers_fit(ctx, response, case):
    """`response_schema_conformance`, save for streams: OpenAPI 3.1 has no word for events, so that the contract has the schema of
    what is in `data:`, and Schemathesis takes it for that of the event around it; contract-tests/streams checks each event. And
    save for YAML, which the contract calls a text: Schemathesis parses it first and then misses the text."""
    media_type = response.headers.get("content-type", [""])[0]
    if not media_type.startswith(("text/event-stream", "application/yaml")):
        response_schema_conformance(ctx, response, case)
