import { expect, test } from "vitest";
import { loadSettings, readSettings } from "./load-settings.ts";
import { settingsNotInForce } from "./not-in-force.ts";

const surroundings = { argv: {}, env: {}, homeDir: "/nowhere", stateDir: "/nowhere/.openclaw", sourceFile: null };

test("says nothing of settings that are in force", async () => {
  const { settings } = await loadSettings({ argv: {}, env: {}, homeDir: "/nowhere" });
  expect(settingsNotInForce(settings)).toEqual([]);
});

test("names each thing that a file asks for and this version does not do", () => {
  const { settings } = readSettings(
    {
      redis: { url: "redis://127.0.0.1:6379" },
    },
    surroundings,
  );
  const warnings = settingsNotInForce(settings).join("\n");
  for (const word of ["Redis"]) expect(warnings).toContain(word);
});
