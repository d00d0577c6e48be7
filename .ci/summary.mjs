// Names what was skipped, and ends with the line that says how it went. A skipped test counts as a failure here: CI has
// all that the tests need.
import { readFileSync } from "node:fs";

const [, , file, status] = process.argv;
let report;
try {
  report = JSON.parse(readFileSync(file, "utf8"));
} catch {
  console.log("the tests did not run to their end");
  console.log("0 passed, 1 failed");
  process.exit(1);
}
const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
const skipped = tests.filter(({ status }) => status === "pending" || status === "skipped" || status === "todo");
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
const passed = tests.filter(({ status }) => status === "passed").length;
const failedTests = tests.length - passed - skipped.length;
const isBroken = status !== "0" || skipped.length > 0 || passed === 0;
const failed = isBroken ? Math.max(failedTests + skipped.length, 1) : failedTests;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
