"""
A client as a reader of the conversations document writes it, with requests.
Usage: client.py <base url> <token> <what to try>
"""

import json
import sys
import time

import requests

MODEL = "claude-sonnet-4-20250514"


class ConversationsClient:
    def __init__(self, base_url="http://localhost:18789", token=""):
        self.base_url = base_url.rstrip("/")
        self.headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}

    def chat(self, message, conversation_id=None, model=MODEL, system_prompt=None):
        body = {"message": message, "model": model}
        if conversation_id:
            body["conversationId"] = conversation_id
        if system_prompt:
            body["systemPrompt"] = system_prompt
        answer = requests.post(self.base_url + "/api/v1/chat", json=body, headers=self.headers, timeout=15)
        answer.raise_for_status()
        return answer.json()

    def chat_stream(self, message, model=MODEL):
        headers = dict(self.headers, Accept="text/event-stream")
        body = {"message": message, "model": model}
        answer = requests.post(self.base_url + "/api/v1/chat/stream", json=body, headers=headers, stream=True, timeout=15)
        answer.raise_for_status()
        for line in answer.iter_lines():
            text = line.decode("utf-8")
            if text.startswith("data: "):
                yield text[len("data: "):]

    def health(self):
        return requests.get(self.base_url + "/health", timeout=15).json()


def chat_with_retry(client, message, max_retries=3):
    """Waits as long as a 429 says; any other failure is the caller's."""
    for _ in range(max_retries):
        try:
            return client.chat(message)
        except requests.exceptions.HTTPError as error:
            if error.response.status_code != 429:
                raise
            retry_after = int(error.response.headers.get("Retry-After", 30))
            show({"error": error.response.json()["error"], "retryAfter": error.response.json()["retryAfter"], "header": retry_after})
            time.sleep(retry_after)
    raise RuntimeError("out of tries")


def classify_feedback(client, text):
    """The document's CRM: the answer's text, under a system prompt of its own."""
    result = client.chat("Classify this feedback as JSON:\n\n" + text, system_prompt="You classify feedback.")
    return result["content"]


def first_reply(client, ticket):
    """The document's ticketing system."""
    lines = ["Title: " + ticket["title"], "Description: " + ticket["description"], "Priority: " + ticket["priority"], "", "Please draft a reply."]
    result = client.chat("\n".join(lines), system_prompt="You are technical support.")
    return {"reply": result["content"], "model": result.get("model"), "needs_review": ticket["priority"] == "high"}


def show(value):
    print(json.dumps(value))


base_url, token, tried = sys.argv[1:]
client = ConversationsClient(base_url + "/", token=token)
if tried == "chat":
    first = client.chat("How is the weather?")
    show(first)
    show(client.chat("And tomorrow?", conversation_id=first["conversationId"], system_prompt="You know the weather."))
elif tried == "stream":
    for chunk in client.chat_stream("Tell me a story"):
        show(json.loads(chunk))
elif tried == "health":
    show(client.health())
elif tried == "crm":
    show(classify_feedback(client, "It broke after two days!"))
elif tried == "ticket":
    show(first_reply(client, {"title": "No sound", "description": "Since the update", "priority": "high"}))
elif tried == "limited":
    show(chat_with_retry(client, "First")["content"])
    show(chat_with_retry(client, "Second")["content"])
elif tried == "retry":
    try:
        show(chat_with_retry(client, "Try me")["content"])
    except requests.exceptions.HTTPError as error:
        show({"status": error.response.status_code})
else:
    sys.exit("nothing to try: " + tried)
