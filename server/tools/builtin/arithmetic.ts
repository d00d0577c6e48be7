/**
 * The arithmetic behind the tool `calculate`.
 *
 * mathjs only parses, and does the single operations on its decimal numbers. The tree is walked here, node by node,
 * against lists of what is known: no assignment, no definition, no access to properties, no strings, no matrices, nothing
 * that reads, evaluates or makes other expressions. Every operand is bounded before the operation, since one `9^9^9^9`
 * would otherwise hang the process that all requests share.
 */
import type { BigNumber, FactoryFunctionMap, MathJsInstance, MathNode } from "mathjs";
import { ToolError } from "../port.ts";

export type Mathjs = MathJsInstance;

let loading: Promise<Mathjs> | undefined;

/** Loads mathjs once, from its one-file build: its module tree takes ten times as long and seven times the memory. */
export function loadMath(): Promise<Mathjs> {
  loading ??= import(bundle).then((module: { default: typeof import("mathjs") }) => {
    const { create, all } = module.default;
    return create(all as FactoryFunctionMap, { number: "BigNumber", precision: 64, predictable: true });
  });
  return loading;
}

/** As a plain string, since this entry has no types of its own; they are those of `mathjs`. */
const bundle: string = "mathjs/lib/browser/math.js";

/** The value of an expression as a decimal text. Throws a ToolError that says what is wrong with it. */
export function evaluate(math: Mathjs, expression: string): string {
  // The parser descends as the expression does, and must not meet the end of the stack.
  if ((expression.match(/[([{]/g)?.length ?? 0) > maxDepth) throw tooDeep();
  let tree: MathNode;
  try {
    tree = math.parse(expression);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    throw new ToolError(`The expression cannot be read: ${error instanceof Error ? error.message : "syntax error"}`);
  }
  let nodes = 0;
  tree.traverse(() => {
    nodes += 1;
    if (nodes > maxNodes) throw new ToolError("The expression has too many parts.");
  });
  const value = valueOf(math, tree, 0);
  return math.format(value, { precision: value.isInteger() ? 64 : 24, lowerExp: -12, upperExp: 64 });
}

const maxNodes = 500;
const maxDepth = 100;
/** Numbers up to ten to the power of this. */
const maxExponent = 5_000;

const operators: ReadonlySet<string> = new Set(["add", "subtract", "multiply", "divide", "pow", "mod", "unaryMinus", "unaryPlus", "factorial"]);

/** Functions by how many arguments they take. */
const functions: Readonly<Record<string, readonly [least: number, most: number]>> = {
  abs: [1, 1], ceil: [1, 2], floor: [1, 2], round: [1, 2], fix: [1, 2], sign: [1, 1],
  sqrt: [1, 1], cbrt: [1, 1], square: [1, 1], cube: [1, 1], nthRoot: [1, 2], pow: [2, 2], exp: [1, 1], log: [1, 2], ln: [1, 1], log2: [1, 1], log10: [1, 1],
  sin: [1, 1], cos: [1, 1], tan: [1, 1], asin: [1, 1], acos: [1, 1], atan: [1, 1], atan2: [2, 2], sinh: [1, 1], cosh: [1, 1], tanh: [1, 1],
  min: [1, 100], max: [1, 100], sum: [1, 100], mean: [1, 100], median: [1, 100], hypot: [1, 100],
  add: [2, 2], subtract: [2, 2], multiply: [2, 2], divide: [2, 2], mod: [2, 2], gcd: [2, 100], lcm: [2, 100], factorial: [1, 1],
};

/** To all 64 digits; mathjs's own are floating-point numbers. */
const constants: Readonly<Record<string, string>> = {
  pi: "3.141592653589793238462643383279502884197169399375105820974944592",
  tau: "6.283185307179586476925286766559005768394338798750211641949889185",
  e: "2.718281828459045235360287471352662497757247093699959574966967628",
  phi: "1.618033988749894848204586834365638117720309179805762862135448623",
};

function valueOf(math: Mathjs, node: MathNode, depth: number): BigNumber {
  if (depth > maxDepth) throw tooDeep();
  if (math.isParenthesisNode(node)) return valueOf(math, node.content, depth + 1);
  if (math.isConstantNode(node)) return number(math, node.value);
  if (math.isSymbolNode(node)) {
    const name = node.name.toLowerCase();
    const digits = Object.hasOwn(constants, name) ? constants[name] : undefined;
    if (digits === undefined) throw new ToolError(`Unknown name: ${node.name}.`);
    return math.bignumber(digits);
  }
  if (math.isOperatorNode(node)) {
    if ((node.op as string) === "%" && node.args.length === 1) return apply(math, "divide", [operand(math, node.args[0], depth), math.bignumber(100)]);
    if (!operators.has(node.fn)) throw new ToolError(`The operator ${node.op} is not known here.`);
    return apply(math, node.fn, node.args.map((arg) => operand(math, arg, depth)));
  }
  if (math.isFunctionNode(node) && math.isSymbolNode(node.fn)) {
    const { name } = node.fn;
    const arity = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (arity === undefined) throw new ToolError(`Unknown function: ${name}.`);
    const [least, most] = arity;
    if (node.args.length < least || node.args.length > most) {
      throw new ToolError(`${name} takes ${least === most ? least : `${least} to ${most}`} argument${most === 1 ? "" : "s"}, not ${node.args.length}.`);
    }
    return apply(math, name, node.args.map((arg) => operand(math, arg, depth)));
  }
  throw new ToolError("Only arithmetic with numbers is calculated here.");
}

function operand(math: Mathjs, node: MathNode | undefined, depth: number): BigNumber {
  if (node === undefined) throw new ToolError("An operand is missing.");
  return valueOf(math, node, depth + 1);
}

function apply(math: Mathjs, name: string, args: readonly BigNumber[]): BigNumber {
  guard(name, args);
  const operation = math[(name === "ln" ? "log" : name) as "add"] as (...operands: readonly BigNumber[]) => unknown;
  let result: unknown;
  try {
    result = operation(...args);
  } catch (error) {
    throw new ToolError(`${name} cannot be calculated: ${error instanceof Error ? error.message : "unknown reason"}`);
  }
  const value = number(math, result);
  // sin(pi) is what 64 digits of pi leave over; nobody means that.
  return trigonometric.test(name) && value.abs().lessThan(1e-60) ? math.bignumber(0) : value;
}

const trigonometric = /^(?:sin|cos|tan)$/;

/** Refuses the operands that would take the process's time or memory. */
function guard(name: string, args: readonly BigNumber[]): void {
  const [first, second] = args;
  if (first === undefined) return;
  if (name === "factorial" && first.greaterThan(1000)) throw new ToolError("Factorials go up to 1000!.");
  if ((name === "exp" || name === "sinh" || name === "cosh" || name === "tanh") && first.abs().greaterThan(10_000)) throw tooLarge();
  if (trigonometric.test(name) && first.abs().greaterThan(1e15)) throw new ToolError("Angles go up to 1e15.");
  if ((name === "gcd" || name === "lcm") && args.some((arg) => arg.abs().greaterThan(1e30))) throw tooLarge();
  if ((name === "nthRoot" || name === "round" || name === "ceil" || name === "floor" || name === "fix") && second?.abs().greaterThan(1000) === true) throw tooLarge();
  if (name === "pow" && second !== undefined && !first.isZero()) {
    // How many digits the power has, before anything multiplies them out.
    const digits = Math.abs(first.e + 1) + 1;
    if (second.abs().greaterThan(100_000) || second.abs().times(digits).greaterThan(maxExponent * 20)) throw tooLarge();
  }
}

function number(math: Mathjs, value: unknown): BigNumber {
  const decimal: unknown = typeof value === "number" ? math.bignumber(value) : value;
  if (!math.isBigNumber(decimal)) throw new ToolError("The result is not a real number.");
  if (decimal.isNaN()) throw new ToolError("The result is not a real number.");
  if (!decimal.isFinite()) throw new ToolError("The result is infinite: something was divided by zero, or is too large.");
  if (Math.abs(decimal.e) > maxExponent) throw tooLarge();
  return decimal;
}

function tooLarge(): ToolError {
  return new ToolError("A number in this expression is too large to calculate with.");
}

function tooDeep(): ToolError {
  return new ToolError("The expression is nested too deeply.");
}
