import { GatewayError } from "../errors.ts";
import { createRemoteProvider } from "../providers/entry.ts";
import type { Settings } from "../settings/settings.ts";
import type { Examination } from "./examination.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const timeoutMs = 10_000;

/** Whether each provider can be reached, takes its key, and has the models that are asked for. */
export async function checkProviders({ settings }: Pick<Examination, "settings">): Promise<Finding[]> {
  if (settings === null) return [];
  const { models, agents } = settings;
  const names = Object.keys(models.providers);
  if (names.length === 0) return [embedded(models.default)];
  const asked = await Promise.all(names.map((name) => askProvider(name, models)));
  const known = new Map(asked.map(({ name, ids }) => [name, ids]));
  const wanted = [{ who: "The default model", model: models.default }, ...agents.list.map(({ id, model }) => ({ who: `The model of the agent ${id}`, model }))];
  return [...asked.map(({ finding }) => finding), ...wanted.flatMap(({ who, model }) => (model === null ? [] : checkModel(who, model, known)))];
}

function embedded(wanted: string | null): Finding {
  if (wanted === null) return ok("The embedded model answers: no provider is configured. Set OPENAI_API_KEY or ANTHROPIC_API_KEY for a real one.");
  return warning(`The default model is ${wanted}, but no provider is configured: the embedded model answers.`, "Add its provider to models.providers, or set OPENAI_API_KEY or ANTHROPIC_API_KEY.");
}

interface Asked {
  name: string;
  /** Those of its models that are known; null when it could not be asked. */
  ids: ReadonlySet<string> | null;
  finding: Finding;
}

async function askProvider(name: string, { providers }: Settings["models"]): Promise<Asked> {
  const settings = providers[name]!;
  const configured = settings.models.map(({ id }) => id);
  const provider = createRemoteProvider(name, { ...settings, retries: 0 }, Date);
  try {
    const listed = await provider.listModels(AbortSignal.timeout(timeoutMs));
    return { name, ids: new Set([...configured, ...listed.map(({ id }) => id)]), finding: ok(`The provider ${name} answers, and has ${listed.length} model${listed.length === 1 ? "" : "s"}.`) };
  } catch (error) {
    const message = error instanceof GatewayError ? error.message : `The provider ${name} did not answer within ${timeoutMs / 1000} s.`;
    return { name, ids: null, finding: problem(message, `Look at models.providers.${name}: baseUrl, apiKey, and whether this machine reaches it.`) };
  } finally {
    await provider.close();
  }
}

/** Of a provider that could not be asked, nothing is said twice. */
function checkModel(who: string, model: string, known: ReadonlyMap<string, ReadonlySet<string> | null>): Finding[] {
  const places = [...known].map(([name, ids]) => ({ ids, id: model.startsWith(`${name}/`) ? model.slice(name.length + 1) : model }));
  if (places.some(({ ids, id }) => ids?.has(id))) return [ok(`${who}, ${model}, is there.`)];
  const named = [...known].find(([name]) => model.startsWith(`${name}/`));
  if (named === undefined ? [...known.values()].includes(null) : named[1] === null) return [];
  return [warning(`${who}, ${model}, is not in the list of any provider.`, "Take one of those that GET /api/v1/models lists, or add it to the models of its provider.")];
}
