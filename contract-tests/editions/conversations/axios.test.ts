import axios from "axios";
import { describe, expect, test } from "vitest";
import { documentedModel } from "../support/backends.ts";
import { describeOnBackends } from "../support/documented-gateway.ts";
import { aNumber, aString } from "../support/shapes.ts";
import { appToken, conversationsFile } from "./settings-file.ts";

interface ChatAnswer {
  content: string;
  conversationId: string;
}

/** A client as a reader of the document writes it for Node. */
class ConversationsClient {
  readonly #baseUrl: string;
  readonly #headers: Record<string, string>;

  constructor(baseUrl: string, token: string) {
    this.#baseUrl = baseUrl;
    this.#headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  }

  async chat(message: string, options: { conversationId?: string; model?: string; systemPrompt?: string } = {}): Promise<ChatAnswer> {
    const { conversationId, model = documentedModel, systemPrompt } = options;
    const body = { message, model, ...(conversationId && { conversationId }), ...(systemPrompt && { systemPrompt }) };
    return (await axios.post<ChatAnswer>(`${this.#baseUrl}/api/v1/chat`, body, { headers: this.#headers, timeout: 15_000, proxy: false })).data;
  }

  async health(): Promise<unknown> {
    return (await axios.get<unknown>(`${this.#baseUrl}/health`, { proxy: false })).data;
  }

  /** The document sends `Content-Type` with this GET too, which has no body. */
  async getModels(): Promise<unknown> {
    return (await axios.get<unknown>(`${this.#baseUrl}/api/v1/models`, { headers: this.#headers, proxy: false })).data;
  }
}

describe("the conversations document's axios client", () => {
  describeOnBackends(conversationsFile, (gateway) => {
    test("chats, and goes on", async () => {
      const client = new ConversationsClient(gateway.url, appToken);
      const first = await client.chat("Implement a sequence", { systemPrompt: "You teach programming." });
      expect(first.content).toBe("You said: Implement a sequence");
      const second = await client.chat("Shorter", { conversationId: first.conversationId });
      expect(second.conversationId).toBe(first.conversationId);
    });

    test("lists models", async () => {
      expect(await new ConversationsClient(gateway.url, appToken).getModels()).toMatchObject({ models: [{ id: aString, provider: aString }] });
    });

    test("asks for health", async () => {
      expect(await new ConversationsClient(gateway.url, "").health()).toEqual({ status: "ok", version: aString, uptime: aNumber });
    });

    test("throws axios' error with the answer's status and body", async () => {
      const refused = new ConversationsClient(gateway.url, "oc_tok_nobody").chat("Hi");
      await expect(refused).rejects.toMatchObject({ response: { status: 401, data: { error: "unauthorized" } } });
    });
  });
});
