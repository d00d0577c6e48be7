/** The page of the API reference: Scalar, told to ask nobody but this server for anything. */
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
    <script>
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
    </script>
  </body>
</html>
`;
