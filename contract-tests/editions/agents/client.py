"""A client as a reader of the agents document writes it, with requests. Usage: client.py <base url> <key> <agent>"""

import json
import sys

import requests


class AgentsClient:
    def __init__(self, base_url, api_key):
        self.base_url = base_url
        self.headers = {"Authorization": "Bearer " + api_key, "Content-Type": "application/json"}

    def chat(self, agent_id, message, session_id=None):
        # The document's client sends the session's id always: null when there is none yet.
        body = {"agentId": agent_id, "sessionId": session_id, "message": message}
        answer = requests.post(self.base_url + "/api/v1/chat", headers=self.headers, json=body, timeout=15)
        return answer.json()["response"]["content"]


base_url, key, agent = sys.argv[1:]
client = AgentsClient(base_url, key)
print(json.dumps(client.chat(agent, "How is the weather?")))
print(json.dumps(client.chat(agent, "And a Käsebrot 🧀", "python-session")))
