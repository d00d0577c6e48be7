import { isDeepStrictEqual } from "node:util";
import { referenceName, resolve, type OpenapiOperation, type Parameter, type Reference, type Response, type Schema } from "../codegen/document.ts";
import type { Change, Note, Side } from "./change.ts";
import type { CompareSchemas } from "./compare-schemas.ts";

type Body = NonNullable<OpenapiOperation["requestBody"]>;
type Content = Record<string, { schema?: Schema; examples?: unknown }>;
/** One of another's document may have a `content` in place of the schema. */
type FoundParameter = Omit<Parameter, "schema"> & { schema?: Schema; [member: string]: unknown };
interface Header {
  required?: boolean;
  description?: string;
  schema?: Schema;
}

/** Compares what goes in and out of an operation that stands at `place`: parameters, body, answers. */
export function createTrafficComparison(documents: { before: object; after: object }, compareSchemas: CompareSchemas, note: Note) {
  return (before: OpenapiOperation, after: OpenapiOperation, place: string): void => {
    const operation = after.operationId;
    compareParameters();
    compareBody(before.requestBody, after.requestBody);
    compareAnswers();

    function compareParameters(): void {
      const [had, has] = [parametersOf(documents.before, before), parametersOf(documents.after, after)];
      for (const key of new Set([...had.keys(), ...has.keys()])) {
        const [old, young] = [had.get(key), has.get(key)];
        const name = `${(young ?? old)!.found.in} ${(young ?? old)!.found.name}`;
        const say = sayer(place, "request");
        if (!young) say("parameter-removed", "breaking", `takes no \`${name}\` any more`);
        else if (!old) say("parameter-added", young.found.required ? "breaking" : "compatible", young.found.required ? `must have \`${name}\`` : `takes \`${name}\``);
        else {
          if (!old.found.required && young.found.required) say("parameter-required", "breaking", `must have \`${name}\``);
          if (old.found.required && !young.found.required) say("parameter-optional", "compatible", `need not have \`${name}\``);
          if (["style", "explode", "allowReserved", "content"].some((member) => !isDeepStrictEqual(old.found[member], young.found[member]))) say("parameter-changed", "breaking", `takes \`${name}\` in another form`);
          const at = old.component && young.component ? `${young.found.in} ${placeOf(young.component, young.found.name)}` : `${place} ${name}`;
          if (old.found["description"] !== young.found["description"]) sayer(at, null)("described", "documentation", "is described otherwise");
          compareSchemas(old.found.schema ?? {}, young.found.schema ?? {}, { name: at, side: "request", operation, isStream: false });
        }
      }
    }

    function compareBody(old: Body | undefined, young: Body | undefined): void {
      const say = sayer(place, "request");
      if (!old || !young) {
        if (old) say("body-removed", "breaking", "takes no body any more");
        if (young) say("body-added", young.required ? "breaking" : "compatible", young.required ? "must have a body" : "takes a body");
        return;
      }
      if (!old.required && young.required) say("body-required", "breaking", "must have a body");
      if (old.required && !young.required) say("body-optional", "compatible", "need not have a body");
      compareContent(old.content, young.content, { at: place, what: "body", side: "request" });
    }

    function compareAnswers(): void {
      for (const status of new Set([...Object.keys(before.responses), ...Object.keys(after.responses)])) {
        const [one, other] = [before.responses[status], after.responses[status]];
        // A client treats an error whose status is new to it as one of its class (RFC 9110, 15); a success it cannot guess.
        const isError = /^[45]/.test(status);
        if (!other) sayer(place, "answer")("status-removed", isError ? "compatible" : "breaking", `is answered with ${status} no more`);
        else if (!one) sayer(place, "answer")("status-added", isError ? "compatible" : "breaking", `can be answered with ${status}`);
        else compareAnswer(one, other, "$ref" in one && "$ref" in other ? `answer ${referenceName(other.$ref)}` : `${place} ${status}`);
      }
    }

    function compareAnswer(one: Response | Reference, other: Response | Reference, at: string): void {
      const [old, young] = [resolve<Response>(documents.before, one), resolve<Response>(documents.after, other)];
      const say = sayer(at, "answer");
      if (old.description !== young.description || !isDeepStrictEqual(old.links, young.links)) sayer(at, null)("described", "documentation", "is described otherwise");
      compareContent(old.content ?? {}, young.content ?? {}, { at, what: "answer", side: "answer" });
      const [had, has] = [(old.headers ?? {}) as Record<string, Header | Reference>, (young.headers ?? {}) as Record<string, Header | Reference>];
      for (const name of new Set([...Object.keys(had), ...Object.keys(has)])) {
        if ((before.deprecated || after.deprecated) && ofDeprecation.has(name)) continue;
        if (!has[name]) say("header-removed", "breaking", `has no \`${name}\` any more`);
        else if (!had[name]) say("header-added", "compatible", `has \`${name}\``);
        else {
          const [from, to] = [resolve<Header>(documents.before, had[name]), resolve<Header>(documents.after, has[name])];
          const headerAt = "$ref" in had[name] && "$ref" in has[name] ? `header ${name}` : `${at} ${name}`;
          if (from.required && !to.required) sayer(headerAt, "answer")("header-optional", "breaking", "may be missing");
          if (!from.required && to.required) sayer(headerAt, "answer")("header-required", "compatible", "is always there");
          if (from.description !== to.description) sayer(headerAt, null)("described", "documentation", "is described otherwise");
          compareSchemas(from.schema ?? {}, to.schema ?? {}, { name: headerAt, side: "answer", operation, isStream: false });
        }
      }
    }

    function compareContent(had: Content, has: Content, { at, what, side }: { at: string; what: string; side: "request" | "answer" }): void {
      const say = sayer(at, side);
      for (const mediaType of new Set([...Object.keys(had), ...Object.keys(has)])) {
        const [old, young] = [had[mediaType], has[mediaType]];
        if (!young) say("media-type-removed", "breaking", `${what === "body" ? "takes" : "has"} no \`${mediaType}\` any more`);
        else if (!old) say("media-type-added", "compatible", `${what === "body" ? "takes" : "can be"} \`${mediaType}\`, too`);
        else {
          if (!isDeepStrictEqual(old.examples, young.examples)) sayer(at, null)("described", "documentation", "has other examples");
          compareSchemas(old.schema ?? {}, young.schema ?? {}, { name: `${at} ${what}`, side, operation, isStream: mediaType === "text/event-stream" });
        }
      }
    }

    function sayer(at: string, side: Side) {
      return (kind: Change["kind"], level: Change["level"], says: string) => note({ kind, level, place: at, side, says }, operation);
    }
  };
}

/** `PageQuery.cursor`; the only parameter of a model is called by the model alone, `LimitQuery`. */
const placeOf = (component: string, name: string) => (component.includes(".") ? component : `${component}.${name}`);

/** They come and go with the deprecation of an operation, which is told once, as such. */
const ofDeprecation: ReadonlySet<string> = new Set(["Deprecation", "Sunset", "Link"]);

/** By place and name; the case of headers is nothing (RFC 9110, 5.1). */
function parametersOf(document: object, { parameters = [] }: OpenapiOperation): Map<string, { found: FoundParameter; component: string | null }> {
  return new Map(
    parameters.map((parameter) => {
      const found = resolve<Parameter>(document, parameter) as FoundParameter;
      return [`${found.in} ${found.in === "header" ? found.name.toLowerCase() : found.name}`, { found, component: "$ref" in parameter ? referenceName(parameter.$ref) : null }];
    }),
  );
}
