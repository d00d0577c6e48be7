import { readFileSync } from "node:fs";
import type { operations as Contract } from "../../generated/server/contract.ts";
import type { OpenapiDocument } from "../../spec/codegen/document.ts";
import { listOperations, type Operation } from "../../spec/codegen/operations.ts";

/** The contract, as the tests ask it: what an operation is, and which answers it may give. */
export const contract = JSON.parse(readFileSync(new URL("../../generated/openapi.json", import.meta.url), "utf8")) as OpenapiDocument;

export type OperationId = keyof Contract;

/** The statuses that the contract gives an operation. */
export type StatusOf<Id extends OperationId> = keyof Contract[Id]["responses"] & number;

/** The JSON body that goes with a status. */
export type BodyOf<Id extends OperationId, Status> = Status extends keyof Contract[Id]["responses"]
  ? Contract[Id]["responses"][Status] extends { content: { "application/json": infer Body } }
    ? Body
    : never
  : never;

export const operations: readonly (Operation & { id: OperationId })[] = listOperations(contract) as (Operation & { id: OperationId })[];

const byId = new Map(operations.map((operation) => [operation.id, operation]));

export function operationOf(id: OperationId): Operation & { id: OperationId } {
  return byId.get(id)!;
}

/** Whether a messaging platform calls it, with a proof of its own: it is 404 where the channel is not configured. Each has its own tests. */
export const isPlatformCallback = ({ group, permission }: Operation): boolean => group === "Channels" && permission === "none";

/** Every pair of an operation and a status that the contract has, as `operationId status`. */
export function documentedPairs(): string[] {
  return operations.flatMap(({ id, statuses }) => statuses.map((status) => `${id} ${status}`)).sort();
}
