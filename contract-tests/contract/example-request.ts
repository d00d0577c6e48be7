import type { CallRequest } from "./target.ts";
import { operationOf, type OperationId } from "./operations.ts";

/** A right request of an operation, made of the contract's own examples. Whether what it names exists is another matter. */
export function exampleRequest(id: OperationId): CallRequest {
  const { parameters, raw } = operationOf(id);
  const given = (place: string) => {
    const wanted = parameters.filter((parameter) => parameter.in === place && parameter.required);
    return Object.fromEntries(wanted.map((parameter) => [parameter.name, String(firstExample(parameter))]));
  };
  const body = raw.requestBody?.content["application/json"];
  return { path: given("path"), query: given("query"), ...(body ? { json: firstExample(body) } : {}) };
}

function firstExample(shown: object): unknown {
  const { examples = {} } = shown as { examples?: Record<string, { value: unknown }> };
  const [first] = Object.values(examples);
  if (!first) throw new Error(`the contract shows no example of ${JSON.stringify(shown)}`);
  return first.value;
}
