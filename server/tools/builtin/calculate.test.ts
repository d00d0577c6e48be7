import { expect, test } from "vitest";
import { createCalculateTool } from "./calculate.ts";
import { testToolContext } from "../testing.ts";

const context = testToolContext();
const tool = createCalculateTool();
const calculate = (expression: string): Promise<string> => tool.invoke({ expression }, context);

test.each([
  ["2+2", "4"], ["0.1 + 0.2", "0.3"], ["(2 + 3) * 4 ^ 2 / 8", "10"], ["-2^2", "-4"], ["10 mod 3", "1"], ["10 % 3", "1"], ["5%", "0.05"], ["5!", "120"], ["2 pi", "6.28318530717958647692529"],
  ["sqrt(2)^2", "2"], ["1/3", "0.333333333333333333333333"], ["2^64", "18446744073709551616"], ["sin(pi)", "0"], ["ln(e)", "1"], ["log(8, 2)", "3"], ["round(2.345, 2)", "2.35"],
  ["max(1, 2, 3) - min(4, 5)", "-1"], ["mean(1, 2)", "1.5"], ["gcd(12, 18)", "6"], ["nthRoot(27, 3)", "3"], ["1e20 * 3", "300000000000000000000"],
])("%s = %s", async (expression, value) => {
  expect(await calculate(expression)).toBe(value);
});

test.each([
  "9^9^9^9", "(10^9)!", "1001!", "1e999999999 mod 3", "10^(10^10)", "2^999999", "1e4999 * 1e4999", "exp(1e9)", "sin(1e300)", "gcd(1e40, 7)", "nthRoot(2, 1e9)", "round(1.5, 1e9)", "cosh(1e8)", "0.1^100001",
  "1/0", "sqrt(-1)", "acos(2)", "0/0", "0.5!",
])("refuses %s quickly", async (expression) => {
  const began = performance.now();
  await expect(calculate(expression)).rejects.toMatchObject({ name: "ToolError" });
  expect(performance.now() - began).toBeLessThan(1_000);
});

test.each([
  "a = 3", "f(x) = x", "import({a: 1})", "evaluate(\"1\")", "parse(\"1\")", "simplify(\"x\")", "derivative(\"x\", \"x\")", "createUnit(\"x\")", "config({})", "\"a\"", "[1, 2]", "{a: 1}", "1:3", "1; 2", "2 km",
  "i", "cos.constructor(\"return 1\")()", "pi.constructor", "constructor", "toString()", "hasOwnProperty(1)", "__proto__", "true", "1 > 2", "1 ? 2 : 3", "random()", "factorial", "sqrt()", "atan2(1)", "x", "2 +", "((1",
])("does not take %s for arithmetic", async (expression) => {
  await expect(calculate(expression)).rejects.toMatchObject({ name: "ToolError" });
});

test("bounds the length, the parts and the depth", async () => {
  await expect(calculate("1".repeat(1001))).rejects.toThrow("1000 characters");
  await expect(calculate(`1${"+1".repeat(400)}`)).rejects.toThrow(/too many parts|too deeply/);
  await expect(calculate(`${"(".repeat(300)}1${")".repeat(300)}`)).rejects.toThrow("too deeply");
  await expect(calculate(`${"-".repeat(900)}1`)).rejects.toThrow(/too many parts|too deeply/);
});
