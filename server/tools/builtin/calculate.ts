import { evaluate, loadMath } from "./arithmetic.ts";
import { ToolError, type Tool } from "../port.ts";

const maxLength = 1000;

/** `calculate {expression}`: decimal arithmetic, so that 0.1 + 0.2 is 0.3. The rules of what may be calculated are in `arithmetic.ts`. */
export function createCalculateTool(): Tool {
  return {
    name: "calculate",
    description:
      "Calculates an arithmetic expression exactly in decimals, such as (2 + 3) * 4 ^ 2 / 7. Knows + - * / ^ % !, pi, e, and functions such as sqrt, abs, round, log, sin, min, max, mean, gcd.",
    inputSchema: {
      type: "object",
      properties: { expression: { type: "string", minLength: 1, maxLength, description: "The expression, such as 2 + 2" } },
      required: ["expression"],
      additionalProperties: false,
    },
    async invoke(input, { signal }) {
      const expression = String(input["expression"]);
      if (expression.length > maxLength) throw new ToolError(`An expression may have at most ${maxLength} characters.`);
      // mathjs costs 60 ms and 16 MB to load: only a gateway that calculates pays for it.
      const math = await loadMath();
      signal.throwIfAborted();
      return evaluate(math, expression);
    },
  };
}
