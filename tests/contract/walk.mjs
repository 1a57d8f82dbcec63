// node walk.mjs OPERATION: provokes every answer that openapi.yaml describes for one operation, and holds each against
// it. Fails for an answer that is not described, and for a described one that was not seen.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { close_connections } from './client.mjs';
import { Contract } from './contract.mjs';
import { scenarios } from './scenarios.mjs';

// Provoked for all operations together, by database_away.mjs.
const elsewhere = new Set(['503']);

const api = new Contract();
const id = process.argv[2];
const operation = api.operation(id);
after(close_connections);

test(`${id} answers as it is described`, async () => {
  assert.ok(scenarios[id], `nothing exercises ${id}`);
  await scenarios[id](api);
});

test(`every described answer of ${id} was seen`, () => {
  const seen = [...api.seen.get(id) ?? []].map(String);
  const missing = Object.keys(operation.responses).filter((status) => !seen.includes(status) && !elsewhere.has(status));
  assert.deepEqual(missing, []);
});

for (const [name, example] of Object.entries(operation.body?.content['application/json']?.examples ?? {})) {
  test(`the example ${name} of ${id} is taken`, async () => {
    const { example_path } = scenarios[id];
    const answer = await api.call(id, { path: await example_path?.(api), body: example.value });
    assert.equal(Math.floor(answer.status / 100), 2, answer.body);
  });
}
