import type { OpenapiDocument } from "../document.ts";
import type { Operation } from "../operations.ts";
import { curlSample } from "./curl.ts";
import { goSample } from "./go.ts";
import { javaSample } from "./java.ts";
import { pythonSample } from "./python.ts";
import { sampleRequest, type SampleOptions, type SampleRequest } from "./request.ts";
import { rustSample } from "./rust.ts";
import { typescriptSample } from "./typescript.ts";

export type Language = "curl" | "typescript" | "python" | "go" | "java" | "rust";

/** One of `x-codeSamples`, as documentation tools read them. */
export interface Sample {
  lang: Language;
  label: string;
  source: string;
}

/** The languages, in the order in which they are shown; `fence` is what their code is marked with in Markdown. */
export const languages: readonly { lang: Language; label: string; fence: string; write(request: SampleRequest, document: OpenapiDocument): string }[] = [
  { lang: "curl", label: "curl", fence: "sh", write: curlSample },
  { lang: "typescript", label: "TypeScript", fence: "ts", write: typescriptSample },
  { lang: "python", label: "Python", fence: "python", write: pythonSample },
  { lang: "go", label: "Go", fence: "go", write: goSample },
  { lang: "java", label: "Java", fence: "java", write: javaSample },
  { lang: "rust", label: "Rust", fence: "rust", write: rustSample },
];

/** An operation in each language: whole programs, to be copied as they stand. */
export function samplesOf(document: OpenapiDocument, operation: Operation, options?: SampleOptions): Sample[] {
  const request = sampleRequest(document, operation, options);
  return languages.map(({ lang, label, write }) => ({ lang, label, source: write(request, document) }));
}
