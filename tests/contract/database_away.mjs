// node database_away.mjs: stops the stack's PostgreSQL and asks every operation. Those that need it say 503 and when to
// come again, as described; the others answer as ever. Then it comes back, and all is well.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { close_connections, send } from './client.mjs';
import { Contract } from './contract.mjs';
import { scenarios } from './scenarios.mjs';

const api = new Contract();
const stack = process.env.RUNYARD_TEST_STACK;
const service = (command) => execFileSync('sv', ['-w', '30', command, join(stack, 'service', 'postgres')]);

/// Asks until an answer is as wanted; the test's time limit ends what never is.
async function until(path, wanted) {
  while (!wanted(await send({ method: 'GET', path }))) await new Promise((next) => setTimeout(next, 50));
}

const paths = new Map();
const headers = new Map();
before(async () => {
  assert.ok(stack, 'RUNYARD_TEST_STACK is not set: ./runyard test contract');
  for (const id of api.operations.keys()) {
    paths.set(id, await scenarios[id].example_path?.(api));
    headers.set(id, await scenarios[id].example_headers?.(api));
  }
  service('down');
  await until('/api/v1/ready', (answer) => answer.status === 503);
});
after(async () => {
  service('up');
  await until('/api/v1/ready', (answer) => answer.status === 200);
  close_connections();
});

for (const operation of api.operations.values()) {
  test(operation.id, async () => {
    const body = Object.values(operation.body?.content['application/json']?.examples ?? { none: {} })[0].value;
    const answer = await send({
      method: operation.method, body, headers: headers.get(operation.id),
      path: api.path_of(operation, paths.get(operation.id), scenarios[operation.id].example_query),
    });
    assert.deepEqual(api.mistakes_of(operation, answer), []);
    if (operation.responses['503']) assert.equal(answer.status, 503, answer.body);
    else assert.equal(answer.status, 200, answer.body);
  });
}
