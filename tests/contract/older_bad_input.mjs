// node older_bad_input.mjs ROUTE: wrong types, values, encodings and ids in every field of a route of the older interfaces.
// Each is refused with that interface's kind of error, naming the field; unknown names are ignored, as those servers did.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { new_account } from './accounts.mjs';
import { close_connections, send } from './client.mjs';
import { Contract } from './contract.mjs';
import { wrong_bodies, wrong_texts } from './mutations.mjs';
import { routes } from './older_interfaces.mjs';

const api = new Contract();
const route = routes[process.argv[2]];
after(close_connections);

let headers;
let path = route.path;
test('what it is about is there', async () => {
  headers = (await route.headers?.(api))?.headers;
  if (!route.example) return;
  path = route.path.replace('{id}', await route.example(send, headers));
  if (route.method === 'GET') assert.equal((await send({ method: 'GET', path, headers })).status, 200);
});

/// "stdInput" and "code_id" begin with what every way of naming them holds.
const stem_of = (field) => field.toLowerCase().match(/^[a-z]+/)?.[0] ?? '';

/// The mistakes of an answer that should refuse something.
function mistakes_of(name, answer, field) {
  const shown = `${name}: ${answer.status} ${answer.body.slice(0, 300)}`;
  let body;
  try {
    body = answer.json();
  } catch {
    return [`${shown} is not JSON`];
  }
  if (answer.headers['content-type'] !== 'application/json') return [`${shown} is ${answer.headers['content-type']}`];
  if (![400, 404, 413, 415, 422].includes(answer.status) && !route.may_be?.(answer.status, body)) return [shown];
  const said = route.text_of(body);
  if (typeof said !== 'string' || said.length === 0) return [`${shown} says nothing`];
  // A body that is no JSON has no fields that could be named.
  if (field && !/JSON/.test(said) && !said.toLowerCase().includes(stem_of(field))) return [`${shown} does not name ${field}`];
  return [];
}

async function all_refused(requests) {
  console.log(`${requests.length} requests`);
  const mistakes = [];
  for (const { name, field, ...request } of requests) {
    mistakes.push(...mistakes_of(name, await send({ method: route.method, path, headers, ...request }), field));
  }
  assert.deepEqual(mistakes, []);
}

if (route.right) {
  const is_wrong = (body) => api.schemas.errors(route.schema, body).length > 0;
  const schemas_at = (steps) => {
    const found = steps.length === 1 ? route.schema.properties[steps[0]] : undefined;
    return found ? [found, ...found.anyOf ?? []] : [];
  };
  test('the right body is taken', async () => {
    const answer = await send({ method: route.method, path, headers, body: route.right });
    assert.ok([200, 201].includes(answer.status), answer.body);
  });
  test('each field of the body', () => all_refused(wrong_bodies(route.right, is_wrong, schemas_at)));
  test('bodies that are no JSON object', () => all_refused(wrong_texts(route.right).map((one) => ({ ...one, field: undefined }))));
  test('unknown names are ignored', async () => {
    for (const name of ['no_such_field', '', '__proto__', 'x'.repeat(1000)]) {
      const body = Object.assign(Object.create(null), route.right, { [name]: 1 });
      const answer = await send({ method: route.method, path, headers, body });
      assert.ok([200, 201].includes(answer.status), answer.body);
    }
  });
}

if (route.query) {
  test('the query', () => all_refused(Object.entries(route.query).flatMap(([name, values]) =>
    values.map((value) => ({ name: `${name}=${value}`, field: /^%/.test(value) ? undefined : name, path: `${path}?${name}=${value}` })))));
}

if (route.example && !route.is_public) {
  test("another owner's is answered as none", async () => {
    const other = route.headers ? { headers: (await new_account(api)).headers } : { from: '127.0.0.77' };
    const id = path.split('/').at(-1);
    const missing = id.includes('-') ? `${id.slice(0, -6)}ffffff` : `${id}999999`;
    const answers = [];
    for (const asked of [id, missing]) {
      const answer = await send({ method: route.method, path: route.path.replace('{id}', asked), ...other });
      answers.push([answer.status, answer.body.replaceAll(asked, 'ID')]);
    }
    assert.deepEqual(answers[0], answers[1]);
    assert.equal(answers[0][0], 404);
  });
}

if (route.path.includes('{id}')) {
  test('ids that are none', () => all_refused(
    ['x', '0', '-1', '%01', '%2e%2e', '99999999999999999999', '1.5', '01900000-0000-7000-8000-000000000000', '%27%20or%201%3D1', 'x'.repeat(1000)]
      .map((id) => ({ name: id, path: route.path.replace('{id}', id) }))));
  test('paths that no route can read', async () => {
    for (const id of ['%00', '%ff', '%zz']) {
      const answer = await send({ method: route.method, path: route.path.replace('{id}', id), headers });
      assert.ok([400, 404].includes(answer.status), `${id} ${answer.status}`);
    }
  });
}
