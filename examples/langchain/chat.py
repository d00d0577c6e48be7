"""LangChain through the gateway's OpenAI face: an answer, a streamed one, and one that needs a tool of this program.

Usage: python chat.py [QUESTION FOR THE TOOL]
"""

import os
import sys
from datetime import date

import openai
from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

URL = os.environ.get("OPENCLAW_URL", "http://127.0.0.1:18789").rstrip("/")


@tool
def days_between(first: date, second: date) -> int:
    """How many days lie between two dates, each as YYYY-MM-DD."""
    return (second - first).days


# The model is told of arguments that do not fit, and may try again.
days_between.handle_validation_error = True
tools = {days_between.name: days_between}


def answer_with_tools(model: ChatOpenAI, question: str, most_rounds: int = 5) -> str:
    """Runs what tools the model asks for, until it answers in words."""
    with_tools = model.bind_tools(list(tools.values()))
    messages: list[BaseMessage] = [HumanMessage(question)]
    for _ in range(most_rounds):
        answer = with_tools.invoke(messages)
        if not answer.tool_calls:
            return answer.text
        messages.append(answer)
        for call in answer.tool_calls:
            print(f"(calls {call['name']} with {call['args']})")
            messages.append(tools[call["name"]].invoke(call))
    raise RuntimeError(f"The model still wants tools after {most_rounds} rounds.")


def main(question: str) -> None:
    model = ChatOpenAI(
        base_url=f"{URL}/api/v1/openai",
        api_key=os.environ["OPENCLAW_TOKEN"],
        model=os.environ.get("OPENCLAW_MODEL", "gpt-5-mini"),
        # A 429 is tried again after what Retry-After says.
        max_retries=3,
        timeout=120,
    )
    print("An answer:", model.invoke("In one sentence: what is a gateway?").text)

    print("A stream: ", end="")
    for chunk in model.stream("Tell a story in three sentences."):
        print(chunk.text, end="", flush=True)
    print()

    print("With a tool:", answer_with_tools(model, question))


if __name__ == "__main__":
    if not os.environ.get("OPENCLAW_TOKEN"):
        sys.exit("Set OPENCLAW_TOKEN to a token of the gateway.")
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "How many days are between 2026-03-01 and 2026-12-24?")
    except openai.APITimeoutError:
        sys.exit("The answer took too long.")
    except openai.APIConnectionError:
        sys.exit(f"No gateway answers at {URL}. Set OPENCLAW_URL to where it is.")
    except openai.APIError as error:
        sys.exit(f"The gateway refused: {error.message}")
