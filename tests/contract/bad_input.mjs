// node bad_input.mjs OPERATION: wrong types, values out of range, wrong encodings and unknown names in every field of the
// body, every query parameter, header and id that openapi.yaml gives an operation. Each must be refused with a problem
// document that names the field.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { close_connections, send } from './client.mjs';
import { Contract, query_value } from './contract.mjs';
import { resolve } from './description.mjs';
import { places, wrong_bodies, wrong_queries, wrong_texts } from './mutations.mjs';
import { scenarios } from './scenarios.mjs';

const refusals = [400, 401, 404, 409, 413, 415, 422];
const api = new Contract();
const id = process.argv[2];
const operation = api.operation(id);
const base = scenarios[id];
const takes_body = !['GET', 'HEAD'].includes(operation.method);
const media = operation.body?.content['application/json'];
const query_parameters = operation.parameters.filter((one) => one.in === 'query');
after(close_connections);

let path;
let headers;
test('what it is about is there', async () => {
  assert.ok(base, `nothing exercises ${id}`);
  path = await base.example_path?.(api);
  headers = await base.example_headers?.(api);
});

/// A mistake is about a field when it stands at it or inside it; at the object around it, or at the field that may stand
/// instead, when its text quotes the name.
function names(error, field) {
  if (error.field === field || error.field.startsWith(`${field}.`) || error.field.startsWith(`${field}[`)) return true;
  const leaf = field.match(/[^.[\]]+(\.\.\.)?$/)?.[0] ?? field;
  return error.message.includes(leaf === '""' ? leaf : `"${leaf}"`);
}

/// The errors as a list, also where a group of routes writes them by field.
function list_of(errors) {
  if (Array.isArray(errors)) return errors;
  return Object.entries(errors).flatMap(([field, messages]) => messages.map((message) => ({ field, message })));
}

/// Sends what is wrong; the mistakes that the answer has.
async function refuse({ name, field, status, ...request }) {
  const full = await send({ method: operation.method, path: api.path_of(operation, path, request.query ?? base.example_query ?? {}), ...request, headers: { ...headers, ...request.headers } });
  const mistakes = api.mistakes_of(operation, full);
  const answer = base.refusal_inside?.(full) ?? full;
  if (!refusals.includes(answer.status)) mistakes.push(`status ${answer.status}`);
  if (status !== undefined && answer.status !== status) mistakes.push(`status ${answer.status}, not ${status}`);
  if (mistakes.length === 0 && field !== undefined) {
    const errors = list_of(answer.json().errors ?? []);
    const named = [field].flat().some((one) => errors.some((error) => names(error, one)));
    if (!named) mistakes.push(`does not name ${[field].flat().join(' or ')}`);
  }
  return mistakes.map((mistake) => `${name}: ${mistake}: ${answer.body.slice(0, 300)}`);
}

async function all_refused(requests) {
  assert.ok(requests.length > 0);
  console.log(`${requests.length} requests`);
  const mistakes = [];
  for (const request of requests) mistakes.push(...await refuse(request));
  assert.deepEqual(mistakes, [], `${mistakes.length} mistakes in ${requests.length} requests`);
}

/// The schemas that speak of one place of a body, through references and alternatives.
function schemas_at(schema, steps) {
  const own = resolve(api.description, schema);
  if (!own || typeof own !== 'object') return [];
  const beside = own === schema ? [] : [Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$ref'))];
  const all = [own, ...beside];
  if (steps.length === 0) return [...all, ...all.flatMap((one) => (one.oneOf ?? []).flatMap((part) => schemas_at(part, [])))];
  const [step, ...rest] = steps;
  return all.flatMap((one) => [
    ...typeof step === 'number' ? [one.items] : [one.properties?.[step] ?? one.additionalProperties],
    ...(one.oneOf ?? []).map((part) => ({ part })),
  ]).filter(Boolean).flatMap((one) => one.part ? schemas_at(one.part, steps) : schemas_at(one, rest));
}

/// The names of all fields that a schema knows, as "limits.wall_ms" or "files[].name".
function fields_of(schema, prefix = '', above = []) {
  const own = resolve(api.description, schema);
  if (!own || typeof own !== 'object' || above.includes(own)) return [];
  const inside = [...above, own];
  return [
    ...Object.entries(own.properties ?? {}).flatMap(([name, member]) =>
      member === false ? [] : [`${prefix}${name}`, ...fields_of(member, `${prefix}${name}.`, inside)]),
    ...own.items ? fields_of(own.items, prefix.replace(/\.$/, '[].'), inside) : [],
    ...(own.oneOf ?? []).flatMap((part) => fields_of(part, prefix, inside)),
  ];
}

if (media) {
  const examples = Object.values(media.examples).map((one) => one.value);
  const is_wrong = (body) => api.schemas.errors(media.schema, body).length > 0;

  test('every field of the body stands in an example', () => {
    const shown = new Set(examples.flatMap((body) => places(body).map(({ field }) => field.replace(/\[\d+\]/g, '[]'))));
    const missing = fields_of(media.schema).filter((field) => !shown.has(field) && !(base.fields_shown_elsewhere ?? []).some((start) => field.startsWith(start)));
    assert.deepEqual(missing, []);
  });
  for (const [name, { value }] of Object.entries(media.examples)) {
    test(`each field of the example ${name}`, () => all_refused(
      wrong_bodies(value, is_wrong, (steps) => schemas_at(media.schema, steps)).map((one) => ({ ...one }))));
  }
  test('bodies that are no JSON object', () => all_refused(
    wrong_texts(examples[0]).filter(({ body }) => operation.body.required || body.length > 0)));
  test('other media types', () => all_refused(
    ['text/plain', 'application/xml', 'application/json; charset=latin1', 'multipart/form-data; boundary=x', '', 'application/jsonx', ...base.also_takes_forms ? [] : ['application/x-www-form-urlencoded']]
      .map((type) => ({ name: `Content-Type: ${type}`, body: examples[0], headers: { 'Content-Type': type }, status: 415 }))));
  test('packed bodies', () => all_refused(
    ['gzip', 'deflate', 'br', 'x'].map((coding) => ({ name: coding, body: examples[0], headers: { 'Content-Encoding': coding }, status: 415 }))));
} else if (takes_body) {
  test('a body where none is taken', () => all_refused([
    { name: 'an unknown field', body: { no_such_field: 1 }, field: 'no_such_field', status: 422 },
    { name: 'another type', body: 'x', headers: { 'Content-Type': 'text/plain' }, status: 415 },
    ...wrong_texts({ a: 1 }).filter(({ body }) => body.length > 0),
  ]));
}

if (base.ignores_query) {
  test('the query is ignored, whatever it is', async () => {
    for (const { name, query } of wrong_queries([], () => true)) {
      const answer = await send({ method: operation.method, path: api.path_of(operation, path, query) });
      assert.equal(answer.status, 200, name);
    }
  });
} else {
  const by_name = new Map(query_parameters.map((one) => [one.name, one]));
  test('the query', () => all_refused(wrong_queries(query_parameters, (name, text) => {
    const parameter = by_name.get(name);
    return api.schemas.errors(parameter.schema, query_value(api.description, parameter, text)).length > 0;
  }, base.example_query).map((one) => ({ ...one, body: media && Object.values(media.examples)[0].value }))));
}

for (const { name, schema } of operation.parameters.filter((one) => one.in === 'header' && one.schema.maxLength)) {
  test(`the header ${name}`, () => all_refused(['', 'x'.repeat(schema.maxLength + 1), 'a\tb', 'caf\u00e9', '\u00ff']
    .map((value) => ({ name: `${name}: ${value.slice(0, 20)}`, headers: { [name]: value }, field: name, status: 422, body: media && Object.values(media.examples)[0].value }))));
}

for (const { name, schema } of operation.parameters.filter((one) => one.in === 'path')) {
  const bad = ['x', '0', '-1', '%00', '%ff', '%ed%a0%80', '%2e%2e', '%2e%2e%2f', 'x'.repeat(1000), '%27%20or%201%3D1', '%zz',
    '00000000-0000-0000-0000-00000000000g', '00000000000000000000000000000000', '{00000000-0000-7000-8000-000000000000}', ' 1', '1%0a'];
  test(`the ${name} in the path`, async () => {
    const mistakes = [];
    for (const value of bad) {
      if (schema.type === 'integer' && /^\d+$/.test(value) && value !== '0') continue;
      const answer = await send({ method: operation.method, path: api.path_of(operation, { ...path, [name]: encodeURI(value).replaceAll('%25', '%') }), headers });
      // A path that is broken as such is Nginx's to refuse.
      if (![400, 404].includes(answer.status) || answer.headers['content-type'] !== 'application/problem+json') {
        mistakes.push(`${value.slice(0, 40)}: ${answer.status} ${answer.body.slice(0, 200)}`);
      }
    }
    assert.deepEqual(mistakes, []);
  });
}
