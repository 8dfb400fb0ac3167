const api = document.getElementById("api");
SwaggerUIBundle({
  url: api.dataset.openapi,
  domNode: api,
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  validatorUrl: null,
});
