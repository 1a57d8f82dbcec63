// node walk.mjs OPERATION: provokes every answer that openapi.yaml describes for one operation, and holds each against
// it. Fails for an answer that is not described, and for a described one that was not seen.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { refuse_callers } from './accounts.mjs';
import { close_connections } from './client.mjs';
import { Contract } from './contract.mjs';
import { scenarios } from './scenarios.mjs';

const api = new Contract();
const id = process.argv[2];
const operation = api.operation(id);
const base = scenarios[id];
after(close_connections);

test(`${id} answers as it is described`, async () => {
  assert.ok(base, `nothing exercises ${id}`);
  await base(api);
});

test(`${id} is for those who may`, async () => {
  await refuse_callers(api, operation, await base.example_path?.(api));
});

test(`every described answer of ${id} was seen`, () => {
  const seen = [...api.seen.get(id) ?? []].map(String);
  // 503 is provoked for all operations together, by database_away.mjs.
  const elsewhere = ['503', ...base.elsewhere ?? []];
  const missing = Object.keys(operation.responses).filter((status) => !seen.includes(status) && !elsewhere.includes(status));
  assert.deepEqual(missing, []);
});

for (const [name, example] of Object.entries(operation.body?.content['application/json']?.examples ?? {})) {
  test(`the example ${name} of ${id} is taken`, async () => {
    const { from, change = (body) => body } = await base.example_options?.(api) ?? {};
    const answer = await api.call(id, {
      path: await base.example_path?.(api), headers: await base.example_headers?.(api), from, body: change(example.value),
    });
    assert.equal(Math.floor(answer.status / 100), 2, answer.body);
  });
}
