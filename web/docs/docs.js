// Draws the description that this server itself sends, so page and server cannot differ. The path is relative: the
// page works below any prefix that the API has as well.
SwaggerUIBundle({
  url: '../api/v1/openapi.yaml',
  dom_id: '#reference',
  deepLinking: true, // each route can be linked to
  docExpansion: 'list',
  defaultModelsExpandDepth: 0, // the schemas stand with their routes; all of them at once hide those
  displayRequestDuration: true,
  // By default a badge is loaded from the maker's host, which learns of every description that is looked at.
  validatorUrl: null,
});
