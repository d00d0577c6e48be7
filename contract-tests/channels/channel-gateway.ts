import { cp, mkdtemp, rm } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { startServerTarget, type ServerTarget, type ServerTargetOptions } from "../contract/server-target.ts";
import type { ScriptedPlatform } from "../fakes/scripted-connector.ts";

/** The settings of the scripted platform. */
export const telegramSettings = { telegram: { botToken: "123:a token of the test" } };

/** A gateway with a scripted platform, connected; closed when the test ends. */
export async function startChannelGateway(platform: ScriptedPlatform, { settings = {}, ...options }: ServerTargetOptions = {}): Promise<ServerTarget> {
  const target = await startServerTarget({ connectors: platform.connectors, settings: { channels: telegramSettings, ...settings }, ...options });
  onTestFinished(() => target.close());
  await platform.untilConnected();
  return target;
}

/**
 * The state folder of a gateway as a crash at this moment would leave it. The gateway goes on; what it does from here on the
 * copy does not know.
 */
export async function crashCopy({ gateway }: ServerTarget): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-crash-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const database = new DatabaseSync(join(gateway.stateDir, "openclaw.db"));
  database.prepare("VACUUM INTO ?").run(join(folder, "openclaw.db"));
  database.close();
  await cp(join(gateway.stateDir, "settings.json"), join(folder, "settings.json"));
  return folder;
}

/** What a session has heard from its user. */
export async function questions(target: ServerTarget, id: string): Promise<string[]> {
  const { messages } = (await target.call("getConversation", { path: { id } })).json(200);
  return messages.filter(({ role }) => role === "user").map(({ content }) => content);
}
