import { resolve, type OpenapiDocument, type OpenapiOperation, type Response } from "./document.ts";

/**
 * Says of each answer with which something was made what can be done with it: the operations at paths that end with its id; of a
 * turn, those of its run. Tools that make several calls hang together, such as Schemathesis, follow these links.
 */
export function addLinks(document: OpenapiDocument): void {
  linkRuns(document);
  for (const [path, { post }] of Object.entries(document.paths)) {
    if (!post) continue;
    const made = post.responses["201"];
    if (!made || "$ref" in made) continue;
    const name = nameIn(document, made);
    const links = Object.entries(document.paths).flatMap(([other, item]) => {
      const parameter = parameterBehind(path, other);
      return parameter === null || name === null ? [] : Object.values(item).map((operation) => linkTo(operation, parameter, `$response.body#/${name}`));
    });
    if (links.length > 0) made.links = Object.fromEntries(links);
  }
}

/** Answers name their turn's run in a header, streams too. */
function linkRuns(document: OpenapiDocument): void {
  const ofRun = Object.entries(document.paths).flatMap(([path, item]) => (/\{runId\}[^{}]*$/.test(path) ? Object.values(item) : []));
  for (const operation of Object.values(document.paths).flatMap((item) => Object.values(item))) {
    for (const answer of Object.values(operation.responses)) {
      if ("$ref" in answer || !answer.headers?.["X-Run-Id"]) continue;
      answer.links = Object.fromEntries(ofRun.map((other) => linkTo(other, "runId", "$response.header.X-Run-Id")));
    }
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

function linkTo({ operationId }: OpenapiOperation, parameter: string, value: string) {
  return [operationId, { operationId, parameters: { [parameter]: value } }] as const;
}
