// Starts Swagger UI. Asks for a key only when the document is refused without one.
window.onload = async () => {
  let key = sessionStorage.getItem("openfang_key") || "";
  const load = () => fetch("/api/openapi.json", key ? { headers: { Authorization: `Bearer ${key}` } } : {});
  let response = await load();
  if (response.status === 401) {
    key = (window.prompt("API key for this server:") || "").trim();
    response = await load();
    if (response.ok) sessionStorage.setItem("openfang_key", key);
  }
  const spec = response.ok ? await response.json() : undefined;
  window.ui = SwaggerUIBundle({
    spec,
    url: spec ? undefined : "/api/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    persistAuthorization: true,
    tryItOutEnabled: true,
    docExpansion: "list",
    filter: true,
    requestInterceptor: (request) => {
      // Same origin always: the address in the document is only an example.
      const url = new URL(request.url, window.location.href);
      request.url = new URL(url.pathname + url.search, window.location.origin).href;
      return request;
    },
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl],
    layout: "StandaloneLayout",
    onComplete: () => { if (key) window.ui.preauthorizeApiKey("api_key", key); },
  });
};
