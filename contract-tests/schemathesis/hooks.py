"""What Schemathesis must know of the gateway beyond its contract."""

import re
from itertools import count

import schemathesis
from schemathesis.specs.openapi.checks import RejectedPositiveData, positive_data_acceptance

key = "Bearer oc_tok_key_of_the_fuzzer_"
keys = 40
numbers = count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Limits would hide what is behind them: each request has an address of its own, and one of many keys."""
    number = next(numbers)
    case.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    if case.headers.get("Authorization", "").startswith(key):
        case.headers["Authorization"] = f"{key}{number % keys}"


# Requests that fit their schema and are refused nevertheless, as the contract documents: operations, and what the answer says.
documented = [
    # What the gateway gave out itself cannot be made up.
    (r"list\w+", r"not a cursor|no place in the log|not the id of an event"),
    (r"chat|message|sendMessage|stream\w+", r"not the id of an event of a stream"),
    # A name must be one of those that there are.
    (r"chat|streamChat\w*|sendMessage|streamMessage|createWorkspace|\w+CronJob|createMemory", r"There is no agent `"),
    (r"createKey", r"There is no workspace `"),
    # Moments that are none, or that are over; no pattern knows the calendar.
    (r"get\w*Stats", r"is no day of the calendar"),
    (r"createKey|\w+CronJob|replayWebhook|listLogs", r"must be a date|is no moment|in the past|over already"),
    # Members that go together, or do not.
    (r"chat|streamChat\w*", r"cannot go with"),
    (r"\w+CronJob", r"/(schedule|at|everyMs|timezone) "),
    (r"listLogs", r"is for the (gateway's|audit) log"),
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
    """`positive_data_acceptance`, save for what the contract says in words only."""
    try:
        positive_data_acceptance(ctx, response, case)
    except RejectedPositiveData:
        operation = case.operation.definition.raw["operationId"]
        if not any(re.fullmatch(name, operation) and re.search(message, response.text) for name, message in documented):
            raise
