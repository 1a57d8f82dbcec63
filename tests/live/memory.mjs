// What many clients cost: 500 that wait and 50 that talk, in one gateway. Prints the figures.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LiveClient } from './live_client.mjs';
import { PrivateGateway } from './private_gateway.mjs';

const IDLE = 500, BUSY = 50, ROUNDS = 20;
const PIECE = 4096;

let gateway;
const clients = [];
before(async () => { gateway = await PrivateGateway.start(); });
after(async () => {
  for (const client of clients) client.socket.terminate();
  await gateway.stop();
});

async function connect(count) {
  const opened = Array.from({ length: count }, () => new LiveClient(gateway.url));
  clients.push(...opened);
  await Promise.all(opened.map((client) => client.opened));
  return opened;
}

test(`${IDLE} idle and ${BUSY} busy connections take less than 100 MB`, async (t) => {
  const say = (what) => t.diagnostic(`${what}: ${(gateway.memory() / 1e6).toFixed(1)} MB resident`);
  say('started');
  await connect(IDLE);
  say(`${IDLE} idle connections`);
  const busy = await connect(BUSY);
  const ids = await Promise.all(busy.map((client) => client.run({ language: 'python', code: '1' })));
  say(`and ${BUSY} runs`);
  const began = Date.now();
  for (let round = 1; round <= ROUNDS; ++round) {
    for (const client of busy) client.send({ type: 'stdin', data: 'i'.repeat(PIECE) });
    await gateway.sql(`with all_runs as (select unnest('{${ids}}'::uuid[]) as id),
        taken as (delete from live_input),
        written as (insert into live_output (execution_id, id, kind, data)
          select id, ${round - 1} * 16 + n, 'stdout', convert_to(repeat('o', ${PIECE}), 'UTF8') from all_runs, generate_series(1, 16) n)
      select pg_notify('runyard_output', id::text) from all_runs`);
    await Promise.all(busy.map((client) => client.until(({ id }) => id === round * 16)));
  }
  const seconds = (Date.now() - began) / 1000;
  say(`${BUSY} runs that wrote ${ROUNDS * 16 * PIECE / 1024} KiB each in ${seconds.toFixed(1)} s`);
  for (const client of busy) assert.equal(client.text().length, ROUNDS * 16 * PIECE);
  await Promise.all(ids.map((id) => gateway.finish(id, { stdout: 'o'.repeat(1 << 20) })));
  await Promise.all(busy.map((client) => client.of('exit')));
  say('after their ends, with 1 MiB of output in each');
  assert.ok(gateway.memory() < 100e6);
});
