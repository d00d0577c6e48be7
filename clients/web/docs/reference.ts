/** Shows the contract with Scalar, which is told to ask nobody for anything. */
declare const Scalar: { createApiReference(selector: string, options: object): void };

const globals = globalThis as unknown as { openclawContract: { servers: [{ url: string }] } };

Scalar.createApiReference("#reference", {
  content: globals.openclawContract,
  withDefaultFonts: false,
  proxyUrl: "",
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  // There is one for all pages.
  hideSearch: true,
  hideDarkModeToggle: true,
  documentDownloadType: "none",
  showDeveloperTools: "never",
  telemetry: false,
  modelsSectionLabel: "Schemas",
  // The samples of the contract are better than those that could be made of it here.
  hiddenClients: true,
  // An export is not where the gateway is.
  hideTestRequestButton: globals.openclawContract.servers[0].url !== "/",
  authentication: { preferredSecurityScheme: "BearerAuth" },
});
