"""OpenAI's Python client, pointed at the gateway. Usage: client.py <base url> <key> <model>"""

import json
import sys

import openai

base_url, key, model = sys.argv[1:]
client = openai.OpenAI(base_url=base_url + "/api/v1/openai", api_key=key, max_retries=0, timeout=15)
question = [{"role": "user", "content": "Hi from Python"}]

print(json.dumps(client.chat.completions.create(model=model, messages=question).choices[0].message.content))
chunks = client.chat.completions.create(model=model, messages=question, stream=True, stream_options={"include_usage": True})
print(json.dumps("".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)))
print(json.dumps([found.object for found in client.models.list()]))
try:
    client.chat.completions.create(model=model, messages=question, n=2)
except openai.BadRequestError as error:
    print(json.dumps({"param": error.param}))
