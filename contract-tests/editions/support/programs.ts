import { lacks } from "../../harness/lacks.ts";

/** What the documents' clients need. */
export const lacksCurl = lacks("curl", "curl", ["--version"]);
export const lacksPython = lacks("python3 with requests", "python3", ["-c", "import requests"]);
export const lacksPythonOpenai = lacks("python3 with openai", "python3", ["-c", "import openai"]);
