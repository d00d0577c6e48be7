import { NotFoundError } from "openai";
import { describe, expect, test } from "vitest";
import { documentedModel } from "../support/backends.ts";
import { aNumber } from "../support/shapes.ts";
import { connect, describeWithOpenai } from "./gateway.ts";

describe("models with the official client", () => {
  describeWithOpenai((gateway, kind) => {
    const { provider, name } = kind === "embedded" ? { provider: "embedded", name: "echo-1" } : { provider: "fake", name: documentedModel };

    test("are listed", async () => {
      const models = await Array.fromAsync(connect(gateway).models.list());
      expect(models).toEqual([{ id: `${provider}/${name}`, object: "model", created: aNumber, owned_by: provider }]);
    });

    test("are shown by their id, and by their provider's name for them", async () => {
      for (const id of [`${provider}/${name}`, name]) {
        expect(await connect(gateway).models.retrieve(id)).toMatchObject({ id: `${provider}/${name}`, object: "model" });
      }
    });

    test("that are not there raise NotFoundError", async () => {
      const failure = await connect(gateway).models.retrieve("no-such-model").catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(NotFoundError);
      expect(failure).toMatchObject({ status: 404, code: "model_not_found" });
    });
  });
});
