// openapi.yaml as the tests read it: its operations, and its schemas compiled.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const description_file = join(root, 'fcgi-app', 'openapi.yaml');
const methods = ['get', 'put', 'post', 'delete', 'patch'];

export function load_description(text = readFileSync(description_file, 'utf8')) {
  // A key that stands twice is an error of the parser's.
  return parse(text, { strict: true, uniqueKeys: true });
}

/// What `{$ref: "#/a/b"}` stands for, however often; anything else is returned as it is.
export function resolve(description, value) {
  while (value && typeof value === 'object' && typeof value.$ref === 'string') {
    value = value.$ref.slice(2).split('/')
      .reduce((at, name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], description);
  }
  return value;
}

/// Every operation: {id, method, path, parameters, body?, responses}, with parameters, body and responses resolved.
export function operations_of(description) {
  const found = [];
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of methods.filter((name) => item[name])) {
      const definition = item[method];
      const responses = {};
      for (const [status, response] of Object.entries(definition.responses)) {
        const resolved = { ...resolve(description, response) };
        resolved.headers = Object.fromEntries(Object.entries(resolved.headers ?? {})
          .map(([name, header]) => [name, resolve(description, header)]));
        responses[status] = resolved;
      }
      found.push({
        id: definition.operationId,
        method: method.toUpperCase(),
        path,
        definition,
        parameters: [...(item.parameters ?? []), ...(definition.parameters ?? [])].map((one) => resolve(description, one)),
        body: with_examples(description, resolve(description, definition.requestBody)),
        responses,
      });
    }
  }
  return found;
}

/// The same body with its examples resolved.
function with_examples(description, body) {
  if (!body) return undefined;
  const content = Object.fromEntries(Object.entries(body.content).map(([type, media]) => [type, {
    ...media,
    examples: media.examples && Object.fromEntries(Object.entries(media.examples).map(([name, one]) => [name, resolve(description, one)])),
  }]));
  return { ...body, content };
}

/// Compiles schemas of the description; their references reach into it.
export class Schemas {
  constructor(description) {
    this.ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false, discriminator: false });
    addFormats(this.ajv);
    for (const name of ['components', 'example', 'openapi']) this.ajv.addKeyword(name);
    this.ajv.addSchema({ $id: 'https://runyard/openapi', components: description.components });
    this.compiled = new Map();
  }

  /// The mistakes of a value, as texts; none when it fits.
  errors(schema, value) {
    let check = this.compiled.get(schema);
    if (!check) {
      check = this.ajv.compile(absolute(schema));
      this.compiled.set(schema, check);
    }
    if (check(value)) return [];
    return check.errors.map((error) => `${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`);
  }
}

// "#/components/..." as seen from a schema that is compiled on its own.
function absolute(schema) {
  if (Array.isArray(schema)) return schema.map(absolute);
  if (!schema || typeof schema !== 'object') return schema;
  return Object.fromEntries(Object.entries(schema).map(([name, value]) =>
    [name, name === '$ref' && typeof value === 'string' && value.startsWith('#') ? `https://runyard/openapi${value}` : absolute(value)]));
}
