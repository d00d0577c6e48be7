import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { ServerFrame } from "../../generated/validators/answer-frames.js";
import { ClientFrame } from "../../generated/validators/frames.js";
import { nodes, type Schema } from "../../spec/codegen/document.ts";
import { describeTargets, useServer } from "./targets.ts";

interface Reference {
  $ref: string;
}

interface Operation {
  action: "send" | "receive";
  channel: Reference;
  messages: Reference[];
  reply?: { channel: Reference; messages: Reference[] };
}

interface Asyncapi {
  asyncapi: string;
  info: { title: string; version: string };
  channels: Record<string, { address: string; messages: Record<string, Reference> }>;
  operations: Record<string, Operation>;
  components: { messages: Record<string, { name: string; payload: Reference; examples?: { payload: unknown }[] }>; schemas: Record<string, Schema> };
}

const document = JSON.parse(await readFile(new URL("../../generated/asyncapi.json", import.meta.url), "utf8")) as Asyncapi;
const { channels, operations, components } = document;
const at = ({ $ref }: Reference): unknown => $ref.split("/").slice(1).reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document);

describe("the frames in AsyncAPI 3", () => {
  test("every reference leads somewhere, and nothing is there that nothing leads to", () => {
    const references = [...nodes(document)].flatMap(({ $ref }) => (typeof $ref === "string" ? [$ref] : []));
    for (const $ref of references) expect(at({ $ref }), $ref).toBeDefined();
    for (const kind of ["messages", "schemas"] as const) {
      for (const name of Object.keys(components[kind])) expect(references, name).toContain(`#/components/${kind}/${name}`);
    }
  });

  test("operations have messages of their channel, and every message of the channel has an operation", () => {
    const [name, channel] = Object.entries(channels)[0]!;
    expect(Object.entries(channels)).toHaveLength(1);
    expect(channel.address).toBe("/ws");
    const used = new Set<string>();
    for (const { action, channel: own, messages, reply } of Object.values(operations)) {
      expect(["send", "receive"]).toContain(action);
      expect(own.$ref).toBe(`#/channels/${name}`);
      for (const { $ref } of [...messages, ...(reply?.messages ?? [])]) {
        expect($ref).toMatch(new RegExp(`^#/channels/${name}/messages/\\w+$`));
        used.add($ref.slice($ref.lastIndexOf("/") + 1));
      }
    }
    expect([...used].sort()).toEqual(Object.keys(channel.messages).sort());
  });

  test("each example fits the frames that the server checks by", () => {
    const received = new Set(Object.values(operations).flatMap(({ action, messages }) => (action === "receive" ? messages.map(({ $ref }) => $ref.slice($ref.lastIndexOf("/") + 1)) : [])));
    let count = 0;
    for (const [name, { examples = [] }] of Object.entries(components.messages)) {
      const validator = received.has(name) ? ClientFrame : ServerFrame;
      for (const { payload } of examples) {
        expect(validator(structuredClone(payload)), `${name}: ${JSON.stringify(validator.errors)}`).toBe(true);
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(15);
  });
});

describeTargets((target) => {
  test("200: the frames are open to everybody, each in its media type", async () => {
    (await target.call("getAsyncapiJson", { token: null })).json(200);
    for (const id of ["getAsyncapiYaml", "getSocketDocs"] as const) {
      const answer = await target.call(id, { token: null });
      expect([answer.status, answer.text.length > 0], id).toEqual([200, true]);
    }
  });
});

const server = useServer();

test("the server serves the very document, and a page that has each frame", async () => {
  expect((await server.call("getAsyncapiJson")).json(200)).toEqual(document);
  const { text, headers } = await server.call("getSocketDocs");
  for (const { name } of Object.values(components.messages)) expect(text).toContain(`<code>${name}</code>`);
  expect(headers.get("Content-Security-Policy")).toContain("default-src 'none'");
});
