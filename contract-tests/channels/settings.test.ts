import { expect, test, vi } from "vitest";
import { patience, scriptedPlatform } from "../fakes/scripted-connector.ts";
import { startChannelGateway, telegramSettings } from "./channel-gateway.ts";

// Channels are switched on, off and over while the gateway runs.

test("only a channel whose settings change is connected anew; one that is switched off keeps its messages for later", async () => {
  const platform = scriptedPlatform();
  const server = await startChannelGateway(platform);
  const change = async (json: object) => void (await server.call("updatePlainSettings", { json })).json(200);

  await change({ tools: { deny: ["read"] } });
  expect([platform.made, platform.running]).toEqual([1, 1]);

  await change({ channels: { telegram: { ...telegramSettings.telegram, botToken: "123:another token" } } });
  expect([platform.made, platform.running]).toEqual([2, 1]);
  await platform.receive({ text: "Hello" });
  await platform.untilSent(1);

  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  platform.failNext("send", held);
  await platform.receive({ text: "In time" });
  await platform.untilTried(2);
  await platform.receive({ text: "Too late" });
  await change({ channels: { telegram: { enabled: false } } });
  letGo();
  await platform.untilSent(2);
  expect(platform.running).toBe(0);
  expect((await server.call("listChannels")).json(200).channels[0]).toMatchObject({ status: "disabled", connectedSince: null });
  expect((await server.call("getPlainStatus")).json(200).channels).toEqual({});

  await change({ channels: { telegram: { enabled: true } } });
  await platform.untilSent(3);
  expect(platform.texts()).toEqual(["You said: Hello", "You said: In time", "You said: Too late"]);
});

test("a channel that cannot be started is shown with the reason, and the gateway serves all the same", async () => {
  const platform = scriptedPlatform();
  const connectors = { ...platform.connectors, discord: async () => Promise.reject(new Error("no such package")) };
  const server = await startChannelGateway(platform, { connectors, settings: { channels: { ...telegramSettings, discord: { botToken: "a discord token" } } } });
  const channels = await vi.waitFor(async () => {
    const list = (await server.call("listChannels")).json(200).channels;
    expect(list[0]?.error).toEqual(expect.any(String));
    return list;
  }, patience);
  expect(channels).toMatchObject([{ name: "discord", status: "disconnected", error: expect.stringContaining("no such package") }, { name: "telegram", status: "connected", error: null }]);
  expect((await server.call("getApiHealth")).json(200).channels).toEqual({ discord: "disconnected", telegram: "connected" });
});
