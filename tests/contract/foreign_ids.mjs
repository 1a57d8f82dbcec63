// node foreign_ids.mjs OPERATION: an operation on what belongs to another owner answers byte by byte like one on what
// does not exist, but for the ids themselves. The others are an account and, for what an address owns, another address.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { new_account } from './accounts.mjs';
import { close_connections, send } from './client.mjs';
import { Contract } from './contract.mjs';
import { scenarios } from './scenarios.mjs';

const api = new Contract();
const id = process.argv[2];
const operation = api.operation(id);
const base = scenarios[id];
after(close_connections);

/// An id of the same form that nothing has.
function missing_like(known) {
  if (/^\d+$/.test(String(known))) return String(2_000_000_000 + Math.floor(Math.random() * 100_000_000));
  const hex = randomBytes(10).toString('hex');
  return `${known.slice(0, 15)}${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
}

/// All of an answer that a client can see, without what differs with each request.
function visible(answer, ids) {
  const headers = { ...answer.headers };
  for (const name of ['date', 'x-request-id']) delete headers[name];
  let text = JSON.stringify({ status: answer.status, headers, body: answer.body });
  for (const one of ids) text = text.replaceAll(one, 'ID');
  return text;
}

const bodies = Object.values(operation.body?.content['application/json']?.examples ?? { none: { value: undefined } });
const queries = ['', 'no_such_parameter=1'];

test(`${id} answers for another's as for none`, async () => {
  const path = await base.example_path(api);
  const mine = await base.example_headers?.(api);
  const known = path.id;
  const others = [{ headers: (await new_account(api)).headers }, ...mine ? [] : [{ from: '127.0.0.77' }]];
  for (const other of others) {
    for (const query of queries) {
      for (const { value } of [...bodies, { value: '{' }, { value: { no_such_field: 1 } }]) {
        if (value !== undefined && operation.method === 'GET') continue;
        const ask = (which) => send({ method: operation.method, path: api.path_of(operation, { ...path, id: which }, query), body: value, ...other });
        const missing = missing_like(known);
        const foreign_answer = await ask(known);
        const missing_answer = await ask(missing);
        assert.equal(visible(foreign_answer, [known]), visible(missing_answer, [missing]));
        assert.ok(foreign_answer.status >= 400 && foreign_answer.status < 500, foreign_answer.body);
        if (query === '' && value !== '{' && value?.no_such_field === undefined) assert.equal(foreign_answer.status, 404);
      }
    }
  }
  // Its owner still reaches it.
  const own = await send({ method: operation.method, path: api.path_of(operation, path), body: bodies[0].value, headers: mine });
  assert.notEqual(own.status, 404, own.body);
});
