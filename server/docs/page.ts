import { hash } from "node:crypto";

/** Scalar, told to ask nobody but this server for anything. */
const script = `
      Scalar.createApiReference("#reference", {
        url: "/openapi.json",
        withDefaultFonts: false,
        proxyUrl: "",
        agent: { disabled: true },
        mcp: { disabled: true },
        hideClientButton: true,
        showDeveloperTools: "never",
        telemetry: false,
        modelsSectionLabel: "Schemas",
        authentication: { preferredSecurityScheme: "BearerAuth" },
      });
    `;

/** The page of the API reference. */
export const docsPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>OpenClaw Gateway API</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <div id="reference"></div>
    <script src="/docs/reference.js"></script>
    <script>${script}</script>
  </body>
</html>
`;

/** What the page may do: run its own two scripts, ask this server, and style itself, which Scalar does as it goes. */
export const docsPolicy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${hash("sha256", script, "base64")}'`,
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
