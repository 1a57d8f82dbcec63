// node description_test.mjs: openapi.yaml itself. It is served as it is, every example in it is valid, and it is strict.
// That it has exactly the server's routes, tests/unit/api_description_test.cpp says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { close_connections, send } from './client.mjs';
import { query_value } from './contract.mjs';
import { Schemas, description_file, load_description, operations_of, resolve } from './description.mjs';
import { scenarios } from './scenarios.mjs';

const description = load_description();
const operations = operations_of(description);
const schemas = new Schemas(description);
after(close_connections);

test('it is served as it is, and asked for again only when it has changed', async () => {
  const answer = await send({ method: 'GET', path: '/api/v1/openapi.yaml' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'application/yaml');
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
  assert.equal(answer.body, readFileSync(description_file, 'utf8'));
  const again = await send({ method: 'GET', path: '/api/v1/openapi.yaml', headers: { 'If-None-Match': answer.headers.etag } });
  assert.equal(again.status, 304);
  const written = await send({ method: 'POST', path: '/api/v1/openapi.yaml', body: {} });
  assert.equal(written.status, 405);
  assert.equal(written.headers['content-type'], 'application/problem+json');
});

test('it is OpenAPI 3.1 with an id, a summary and a tag for each operation', () => {
  assert.match(description.openapi, /^3\.1\./);
  const ids = operations.map((one) => one.id);
  assert.deepEqual([...new Set(ids)], ids);
  const tags = description.tags.map((tag) => tag.name);
  for (const { id, definition, path, parameters } of operations) {
    assert.ok(definition.summary && tags.includes(definition.tags[0]), id);
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual(parameters.filter((one) => one.in === 'path').map((one) => one.name), named, id);
  }
});

/// Calls visit(schema, place) for each schema below a value.
function each_schema(value, place, visit) {
  if (!value || typeof value !== 'object') return;
  if (Array.isArray(value)) return value.forEach((item, index) => each_schema(item, `${place}/${index}`, visit));
  if (value.properties && !/\/(properties|then|if|not|dependentSchemas\/\w+|oneOf\/\d+)$/.test(place) || value.type === 'object') visit(value, place);
  for (const [name, member] of Object.entries(value)) {
    if (!['example', 'examples', 'value', 'enum', 'const', 'required'].includes(name)) each_schema(member, `${place}/${name}`, visit);
  }
}

test('every object says what else it may hold, and requires only what it knows', () => {
  each_schema(description, '', (schema, place) => {
    assert.ok(schema.additionalProperties !== undefined, `${place} has no additionalProperties`);
    for (const name of schema.required ?? []) assert.ok(schema.properties?.[name], `${place} requires ${name}`);
  });
});

test('every reference leads somewhere, and everything that can be referred to is', () => {
  const text = JSON.stringify(description);
  for (const [, reference] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
    assert.notEqual(resolve(description, { $ref: reference }), undefined, reference);
  }
  for (const [kind, all] of Object.entries(description.components)) {
    if (kind === 'securitySchemes') continue;
    for (const name of Object.keys(all)) assert.ok(text.includes(`"#/components/${kind}/${name}"`), `${kind}/${name} is used nowhere`);
  }
});

test('every schema compiles and every example fits its schema', () => {
  const check = (schema, value, place) => assert.deepEqual(schemas.errors(schema, value), [], place);
  for (const { id, parameters, body, responses } of operations) {
    for (const one of parameters) {
      if (one.example !== undefined) check(one.schema, query_value(description, one, String(one.example)), `${id} ${one.name}`);
    }
    const contents = [['body', body?.content], ...Object.entries(responses).map(([status, one]) => [status, one.content])];
    for (const [where, content] of contents) {
      for (const media of Object.values(content ?? {})) {
        schemas.errors(media.schema, {});
        for (const [name, example] of Object.entries(media.examples ?? {})) {
          const { value } = resolve(description, example);
          check(media.schema, value, `${id} ${where} ${name}`);
          if (/^[45]/.test(where) && 'title' in value) assert.equal(String(value.status), where, `${id} ${where} ${name}`);
        }
      }
    }
  }
});

test('every operation is exercised, and nothing else is', () => {
  assert.deepEqual(Object.keys(scenarios).sort(), operations.map((one) => one.id).sort());
});

test('every path takes the methods that are described, and says so to all others', async () => {
  const paths = new Map();
  for (const { path, method } of operations) paths.set(path, [...paths.get(path) ?? [], method]);
  for (const [path, methods] of paths) {
    const allowed = [...methods, ...methods.includes('GET') ? ['HEAD'] : [], 'OPTIONS'].sort();
    const filled = description.servers[0].url + path.replaceAll(/\{\w+\}/g, '01900000-0000-7000-8000-000000000000');
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'BREW']) {
      if (methods.includes(method)) continue;
      const answer = await send({ method, path: filled });
      assert.equal(answer.status, method === 'OPTIONS' ? 204 : 405, `${method} ${filled} ${answer.body}`);
      assert.deepEqual(answer.headers.allow.split(', ').sort(), allowed, `${method} ${filled}`);
      if (method === 'OPTIONS') continue;
      assert.equal(answer.headers['content-type'], 'application/problem+json');
      assert.deepEqual(schemas.errors({ anyOf: ['Problem', 'SessionProblem'].map((name) => ({ $ref: `#/components/schemas/${name}` })) }, answer.json()), []);
    }
  }
});
