import { ConnectorError } from "../port.ts";
import { oddAnswer, type SlackApi } from "./api.ts";

/** What has to be asked of Slack about people and threads, remembered. */
export interface Directory {
  /** Who somebody is; by their id when Slack does not tell. */
  person(userId: string): Promise<Person>;
  /** Id of the direct conversation with somebody. Throws ConnectorError. */
  directChannel(userId: string, signal: AbortSignal): Promise<string>;
  /** Whether the bot has written into a thread. Throws ConnectorError when Slack cannot be asked now. */
  hasSpoken(channel: string, threadTs: string): Promise<boolean>;
  spoke(channel: string, threadTs: string): void;
}

export interface Person {
  name: string;
  isBot: boolean;
}

/** A message waits for these answers. */
const lookupTimeoutMs = 5_000;
const remembered = 2_000;

export function createDirectory({ api, botUserId, signal }: { api: SlackApi; botUserId(): string; signal: AbortSignal }): Directory {
  const people = createMemory<Promise<Person>>();
  const channels = createMemory<Promise<string>>();
  const threads = createMemory<Promise<boolean>>();

  async function askPerson(userId: string): Promise<Person> {
    const { user } = await api.call((slack) => slack.users.info({ user: userId }), signal, lookupTimeoutMs);
    const { display_name: displayName, real_name: realName } = user?.profile ?? {};
    return { name: displayName || realName || user?.real_name || user?.name || userId, isBot: user?.is_bot === true };
  }

  async function askThread(channel: string, threadTs: string): Promise<boolean> {
    try {
      const { messages = [] } = await api.call((slack) => slack.conversations.replies({ channel, ts: threadTs, limit: 200 }), signal, lookupTimeoutMs);
      return messages.some((message) => message.user === botUserId() || message.reply_users?.includes(botUserId()));
    } catch (error) {
      // An app without the right to read history is heard when it is mentioned.
      if (error instanceof ConnectorError && error.kind === "refused") return false;
      throw error;
    }
  }

  async function openDirectChannel(userId: string, callSignal: AbortSignal): Promise<string> {
    try {
      const { channel } = await api.call((slack) => slack.conversations.open({ users: userId }), callSignal);
      if (channel?.id === undefined) throw oddAnswer();
      return channel.id;
    } catch (error) {
      // Whatever came of this, the message itself has not been sent.
      if (error instanceof ConnectorError && error.kind === "unknown") throw new ConnectorError("unavailable", error.message, { cause: error });
      throw error;
    }
  }

  return {
    person: (userId) => people.get(userId, () => askPerson(userId)).catch(() => ({ name: userId, isBot: false })),
    directChannel: (userId, callSignal) => channels.get(userId, () => openDirectChannel(userId, callSignal)),
    hasSpoken: (channel, threadTs) => threads.get(`${channel}:${threadTs}`, () => askThread(channel, threadTs)),
    spoke: (channel, threadTs) => threads.set(`${channel}:${threadTs}`, Promise.resolve(true)),
  };
}

/** Answers under way count, so that nothing is asked twice; failures are forgotten. Beyond its bound the oldest go. */
function createMemory<Value extends Promise<unknown>>() {
  const entries = new Map<string, Value>();
  function set(key: string, value: Value): void {
    entries.delete(key);
    entries.set(key, value);
    if (entries.size > remembered) for (const oldest of entries.keys()) return void entries.delete(oldest);
  }
  return {
    set,
    get(key: string, ask: () => Value): Value {
      const found = entries.get(key);
      if (found !== undefined) return found;
      const asked = ask();
      set(key, asked);
      asked.catch(() => {
        if (entries.get(key) === asked) entries.delete(key);
      });
      return asked;
    },
  };
}
