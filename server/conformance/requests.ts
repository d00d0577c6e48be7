import type { CallRequest } from "./caller.ts";
import type { Operation, OperationId } from "./contract.ts";
import { Skipped } from "./trials.ts";
import type { World } from "./world.ts";

export interface GoodRequest {
  /** Which of the contract's examples it is. */
  name: string;
  request: CallRequest;
  /** The statuses that it may have; without, all good ones of the contract. */
  statuses?: readonly number[];
}

export interface RequestOptions {
  world: World;
  /** Changes to what the tests did not make are allowed. */
  allowChanges: boolean;
  /** The server keeps nothing that could be changed. */
  isStateless: boolean;
}

/** Operations that act on what the tests did not make: on everybody's settings, on people, on what is kept for all. */
export const farReaching: ReadonlySet<OperationId> = new Set(["replaceSettings", "updatePlainSettings", "sendToChannel", "sendPlainMessage", "installSkill", "removeSkill", "deleteSessions", "pruneMemory"]);

/** Other tests could do no more with an object that these were done to. */
const spoiling: ReadonlySet<OperationId> = new Set(["rotateKey", "clearAgentSession", "updateWorkspaceAllowlist"]);

/** A platform calls them, with a proof that only it and the server know. */
export const isPlatformCallback = ({ path }: Operation): boolean => path.startsWith("/api/v1/channels/") && path.endsWith("/webhook");

/** Requests that the server should carry out, made of the contract's examples. Throws Skipped. */
export async function goodRequests(operation: Operation, { world, allowChanges, isStateless }: RequestOptions): Promise<GoodRequest[]> {
  if (isPlatformCallback(operation)) throw new Skipped("a messaging platform calls it, with a proof of its own");
  const own = isStateless && operation.operationId !== "openSocket" ? undefined : special[operation.operationId];
  if (own) return own(world, allowChanges);
  const request: CallRequest = { path: await world.path(operation, operation.method === "DELETE" || spoiling.has(operation.operationId)), query: requiredQuery(operation) };
  if (!operation.body) return [{ name: "request", request }];
  const requests: GoodRequest[] = [];
  for (const [name, example] of Object.entries(operation.body.examples)) requests.push({ name, request: { ...request, json: await world.fit(operation, example) } });
  return requests;
}

/** What the contract shows of the query's parameters that must be there. */
export function requiredQuery({ parameters }: Operation): Record<string, string> {
  return Object.fromEntries(parameters.filter((parameter) => parameter.in === "query" && parameter.required).map(({ name, examples }) => [name, String(examples[0])]));
}

type Special = (world: World, allowChanges: boolean) => Promise<GoodRequest[]>;

const one = (request: CallRequest, statuses?: readonly number[]): GoodRequest[] => [{ name: "request", request, ...(statuses && { statuses }) }];

/** An `ETag` that no settings have: what names it is refused, and changes nothing. */
const noVersion = { "If-Match": '"conformance"' };

const special: Partial<Record<OperationId, Special>> = {
  openSocket: async () => one({}, [426]),
  deleteSessions: async (world) => one({ query: { workspace: await world.workspace(true) } }),
  pruneMemory: async (world) => one({ query: { workspace: await world.workspace(), dry_run: "true" } }),
  replaceSettings: async () => one({ json: {}, headers: noVersion }, [412]),
  updatePlainSettings: async (_, allowChanges) => (allowChanges ? one({ json: {} }) : one({ json: {}, headers: noVersion }, [412])),
  async installSkill() {
    throw new Skipped("would install a skill, from a place that only the server's owner knows");
  },
  sendToChannel: toSomebody,
  sendPlainMessage: toSomebody,
};

async function toSomebody(): Promise<never> {
  throw new Skipped("would write to somebody, whom only the server's owner knows");
}
