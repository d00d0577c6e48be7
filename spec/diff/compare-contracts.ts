import { isDeepStrictEqual } from "node:util";
import type { OpenapiDocument, OpenapiOperation } from "../codegen/document.ts";
import { createNotes, type Change, type Note } from "./change.ts";
import { compareFrames, type AsyncapiDocument } from "./compare-frames.ts";
import { createSchemaComparison } from "./compare-schemas.ts";
import { createTrafficComparison } from "./compare-traffic.ts";

/** What clients are promised: the operations, and the frames of `/ws`. One of them may be left out of a comparison, on both sides. */
export interface Contract {
  openapi?: OpenapiDocument;
  asyncapi?: AsyncapiDocument;
}

/**
 * Every change from one contract to another, as clients see it that were written from the first. Nothing when they promise the
 * same, in whatever order and under whatever component names.
 */
export function compareContracts(before: Contract, after: Contract): Change[] {
  const { note, changes } = createNotes();
  if (before.openapi && after.openapi) compareOperations(before.openapi, after.openapi, note);
  if (before.asyncapi && after.asyncapi) compareFrames(before.asyncapi, after.asyncapi, note);
  return changes();
}

interface Placed {
  /** `GET /api/v1/agents/{agentId}`. */
  place: string;
  /** What a path parameter is called is nothing to the address: `GET /api/v1/agents/{}`. */
  address: string;
  operation: OpenapiOperation;
}

function compareOperations(before: OpenapiDocument, after: OpenapiDocument, note: Note): void {
  const documents = { before, after };
  const compareTraffic = createTrafficComparison(documents, createSchemaComparison(documents, note), note);
  compareWhole();
  const added = operationsOf(after);
  const removed = operationsOf(before).filter((old) => {
    const found = added.find(({ address }) => address === old.address) ?? added.find(({ operation }) => operation.operationId === old.operation.operationId);
    if (!found) return true;
    added.splice(added.indexOf(found), 1);
    compareOperation(old, found);
    compareTraffic(old.operation, found.operation, found.place);
    return false;
  });
  for (const old of removed) note({ kind: "operation-removed", level: "breaking", place: old.place, side: null, says: `(\`${old.operation.operationId}\`) is gone` }, old.operation.operationId);
  for (const young of added) note({ kind: "operation-added", level: "compatible", place: young.place, side: null, says: `(\`${young.operation.operationId}\`) is new: ${lowered(young.operation.summary)}` }, young.operation.operationId);

  function compareWhole(): void {
    const say = (kind: Change["kind"], level: Change["level"], says: string) => note({ kind, level, place: "the document", side: null, says }, "*");
    const urls = ({ servers = [] }: OpenapiDocument) => servers.map(({ url }) => url);
    if (!isDeepStrictEqual(urls(before), urls(after))) say("server-changed", "breaking", `is of the server ${urls(after).join(", ")}, and no more ${urls(before).join(", ")}`);
    if (!isDeepStrictEqual([before.info, before.tags], [after.info, after.tags])) say("described", "documentation", "is described otherwise");
  }

  function compareOperation(from: Placed, to: Placed): void {
    const [old, young] = [from.operation, to.operation];
    const say = (kind: Change["kind"], level: Change["level"], says: string) => note({ kind, level, place: to.place, side: null, says }, young.operationId);
    if (from.address !== to.address) say("operation-moved", "breaking", `was \`${from.place}\``);
    if (old.operationId !== young.operationId) say("operation-renamed", "breaking", `is called \`${young.operationId}\`, and no more \`${old.operationId}\`: so are the methods of clients`);
    comparePermission(old["x-permission"] ?? "none", young["x-permission"] ?? "none");
    if ((old["x-rate-class"] ?? "default") !== (young["x-rate-class"] ?? "default")) say("rate-class-changed", "compatible", `counts towards the limit \`${young["x-rate-class"] ?? "default"}\``);
    compareSecurity(securityOf(before, old), securityOf(after, young));
    compareDeprecation();
    if (["summary", "description", "tags"].some((member) => !isDeepStrictEqual(old[member as "summary"], young[member as "summary"]))) say("described", "documentation", "is described otherwise");

    function comparePermission(had: string, needs: string): void {
      if (had === needs) return;
      const says = `needs ${needs === "none" ? "no key" : needs === "any" ? "any valid key" : `the permission \`${needs}\``}, and no more ${had === "none" ? "none at all" : had === "any" ? "any valid key" : `\`${had}\``}`;
      if (had === "none" || (had === "any" && needs !== "none")) say("permission-raised", "breaking", says);
      else if (needs === "none" || needs === "any") say("permission-lowered", "compatible", says);
      else say("permission-changed", "breaking", says);
    }

    function compareSecurity(had: Map<string, unknown>, has: Map<string, unknown>): void {
      for (const [name, scheme] of had) {
        if (!has.has(name)) say("security-removed", "breaking", `takes no \`${name}\` any more`);
        else if (!isDeepStrictEqual(has.get(name), scheme)) say("security-changed", "breaking", `takes another \`${name}\``);
      }
      for (const name of has.keys()) if (!had.has(name)) say("security-added", "compatible", `takes \`${name}\`, too`);
    }

    function compareDeprecation(): void {
      const [sunset, since] = [young["x-sunset"], young["x-deprecated-since"]] as (string | undefined)[];
      if (!old.deprecated && young.deprecated) say("operation-deprecated", "compatible", `is deprecated${since ? ` since ${since}` : ""}${sunset ? `, and may go from ${sunset} on` : ""}`);
      else if (old.deprecated && !young.deprecated) say("operation-undeprecated", "compatible", "is deprecated no more");
      else if (old["x-sunset"] !== sunset) say("sunset-changed", "compatible", sunset ? `may go from ${sunset} on` : "has no end in sight any more");
    }
  }
}

function operationsOf({ paths }: OpenapiDocument): Placed[] {
  return Object.entries(paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => placed(`${method.toUpperCase()} ${path}`, operation)));
}

const placed = (place: string, operation: OpenapiOperation): Placed => ({ place, address: place.replaceAll(/\{[^}]+\}/g, "{}"), operation });

/** The ways to say who one is, each with what it consists of. None at all is a way of its own. */
function securityOf(document: OpenapiDocument, operation: OpenapiOperation): Map<string, unknown> {
  const ways = operation.security ?? document.security ?? [];
  const schemes = (document.components["securitySchemes"] ?? {}) as Record<string, { description?: string } | undefined>;
  return new Map(
    (ways.length > 0 ? ways : [{}]).map((way) => {
      const names = Object.keys(way).sort();
      return [names.join(" and ") || "no key", names.map((name) => ({ ...schemes[name], description: undefined, scopes: way[name] }))];
    }),
  );
}

const lowered = (text = ""): string => text.charAt(0).toLowerCase() + text.slice(1);
