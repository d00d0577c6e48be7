(() => {
  const globals = globalThis;
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
    authentication: { preferredSecurityScheme: "BearerAuth" }
  });
})();
