import { resolve, type OpenapiDocument, type OpenapiOperation, type Response } from "./document.ts";

/**
 * Says of each answer that something was made with which operations to read, change, and delete it: those at paths that end with
 * its id. Tools that hold several calls together, such as Schemathesis and the docs, follow these links.
 */
export function addLinks(document: OpenapiDocument): void {
  for (const [path, { post }] of Object.entries(document.paths)) {
    if (!post) continue;
    const made = post.responses["201"];
    if (!made || "$ref" in made) continue;
    const name = nameIn(document, made);
    const links = Object.entries(document.paths).flatMap(([other, item]) => {
      const parameter = parameterBehind(path, other);
      return parameter === null || name === null ? [] : Object.values(item).map((operation) => linkTo(operation, parameter, name));
    });
    if (links.length > 0) made.links = Object.fromEntries(links);
  }
}

/** The member of an answer by which the thing in it is named in paths. */
function nameIn(document: OpenapiDocument, { content }: Response): string | null {
  const schema = content?.["application/json"]?.schema;
  const properties = schema && resolve(document, schema).properties;
  return ["id", "name"].find((member) => properties && member in properties) ?? null;
}

/** `memoryId` of `/memory/{memoryId}` behind `/memory`; likewise of what stands below it, and of its siblings behind a verb (`/skills/install`). */
function parameterBehind(path: string, other: string): string | null {
  for (const base of [path, path.replace(/\/[^/{}]+$/, ""), path.replace(/\/\{[^/]+\}\/[^/]+$/, "")]) {
    const found = other.startsWith(`${base}/`) ? /^\{([^/]+)\}(\/[^{}]*)?$/.exec(other.slice(base.length + 1)) : null;
    if (found) return found[1]!;
  }
  return null;
}

function linkTo({ operationId }: OpenapiOperation, parameter: string, name: string) {
  return [operationId, { operationId, parameters: { [parameter]: `$response.body#/${name}` } }] as const;
}
