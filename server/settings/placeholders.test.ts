import fc from "fast-check";
import json5 from "json5";
import { describe, expect, test } from "vitest";
import { secretMembers } from "../../generated/server/settings.ts";
import { createPlaceholders } from "./placeholders.ts";
import { fixture } from "./test-home.ts";

const placeholders = createPlaceholders();
const placeholder = expect.stringMatching(/^\[redacted:[0-9a-f]{12}\]$/) as unknown;

describe("what is shown", () => {
  test("has a placeholder for each secret, and references as they stand", () => {
    expect(placeholders.hide({ gateway: { port: 1, apiKeys: ["a-secret", "${NAME}", ""], auth: { token: null } }, redis: { url: "redis://me:pw@host/0?key=value&other=${NAME}" } })).toEqual({
      gateway: { port: 1, apiKeys: [placeholder, "${NAME}", ""], auth: { token: null } },
      redis: { url: expect.stringMatching(/^redis:\/\/me:\[redacted:\w{12}\]@host\/0\?key=\[redacted:\w{12}\]&other=\$\{NAME\}$/) as unknown },
    });
  });

  test("cannot be compared with what another process shows", () => {
    expect(createPlaceholders().hide({ token: "a-secret" })).not.toEqual(placeholders.hide({ token: "a-secret" }));
  });
});

describe("what comes back", () => {
  const current = { api: { keys: [{ key: "first-secret", label: "One" }, { key: "second-secret", label: "Two" }] }, models: { providers: { x: { baseUrl: "http://me:p@ss@host/v1?a=1" } } } };

  test("is what was shown, secrets put back", () => {
    for (const settings of [current, json5.parse(fixture("everything.json5"))]) {
      expect(placeholders.restore(placeholders.hide(settings), settings)).toEqual({ value: settings, faults: [] });
    }
  });

  test("may be in another order, and each secret goes to its own entry", () => {
    const { api } = placeholders.hide(current) as typeof current;
    const { value } = placeholders.restore({ api: { keys: api.keys.toReversed() } }, current);
    expect(value).toEqual({ api: { keys: current.api.keys.toReversed() } });
  });

  test("names each placeholder that stands for nothing, or for a part only", () => {
    const { api } = placeholders.hide(current) as typeof current;
    const sent = { gateway: { apiKeys: ["[redacted]", "[redacted:000000000000]", `Bearer ${api.keys[0]?.key}`, "a new secret"] } };
    const { faults } = placeholders.restore(sent, current);
    expect(faults.map(({ path }) => path)).toEqual(["/gateway/apiKeys/0", "/gateway/apiKeys/1", "/gateway/apiKeys/2"]);
  });

  test("gives no secret to a place where it would be read in the clear", () => {
    const [key] = (placeholders.hide(current) as typeof current).api.keys;
    const sent = { agents: { list: [{ id: "a", systemPrompt: key?.key }] }, models: { providers: { x: { baseUrl: `http://${key?.key}/` } } } };
    expect(placeholders.restore(sent, current)).toEqual({ value: sent, faults: [] });
  });
});

test("whatever the secrets, none is shown, and all come back", () => {
  const from = (characters: string) => fc.string({ minLength: 8, maxLength: 40, unit: fc.constantFrom(...characters.split("")) }).map((text) => `SECRET${text}SECRET`);
  const [secret, ofUrl] = [from("abcXYZ0189-_.~:/?&=#@%+ $}\"'\\"), from("abcXYZ0189-_.~:/%+")];
  const url = fc.tuple(ofUrl, ofUrl).map(([password, value]) => `https://me:${password}@host.example/path?key=${value}`);
  const member = fc.constantFrom(...Object.entries(secretMembers)).chain(([name, kind]) =>
    (kind === "url" ? url : fc.oneof(secret, fc.array(secret), fc.dictionary(fc.constantFrom("one", "two"), secret))).map((value) => ({ [name]: value })),
  );
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof({ depthSize: "small" }, member, fc.array(tie("node"), { maxLength: 3 }), fc.dictionary(fc.constantFrom("list", "providers", "servers", "name"), tie("node"), { maxKeys: 3 })),
  })).node;
  fc.assert(
    fc.property(tree, (settings) => {
      const shown = placeholders.hide(settings);
      expect(JSON.stringify(shown)).not.toContain("SECRET");
      expect(placeholders.restore(shown, settings)).toEqual({ value: settings, faults: [] });
    }),
  );
});
