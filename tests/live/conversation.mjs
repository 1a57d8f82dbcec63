// A gateway's conversation with its clients, the API and the database, with no worker behind.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { problem } from './fake_api.mjs';
import { LiveClient } from './live_client.mjs';
import { new_id, PrivateGateway, until } from './private_gateway.mjs';

const PYTHON = { language: 'python', code: 'print(1)' };

let gateway;
const clients = [];
async function open(options) {
  const client = new LiveClient(gateway.url, options);
  clients.push(client);
  await client.opened;
  return client;
}
// A client that does not read answers no ping either: as long as that lasts here, it must not be given up.
before(async () => { gateway = await PrivateGateway.start({ ping_s: 20 }); });
afterEach(async () => {
  while (clients.length) await clients.pop().close();
  gateway.refuse = undefined;
  gateway.may_submit = undefined;
  gateway.api.requests.length = 0;
});
after(async () => { await gateway.stop(); });

const held = async (id) => (await gateway.sql(`select count(*) from live_runs where execution_id = '${id}'`)) === '1';
const in_queue = async (id) => (await gateway.sql(`select count(*) from queue where id = '${id}'`)) === '1';

test('a run is submitted as it came, in the name of its client; its life is told in order', async () => {
  const client = await open({ headers: { 'X-Real-IP': '203.0.113.9', 'X-Runyard-User': 'ann', Authorization: 'Bearer t', 'X-API-Key': 'k', 'X-Request-Id': 'r1' } });
  const text = '{"type":"run",  "language":"python","code":"print(1)","tty":true,"cols":90,"rows":20}';
  client.send(text);
  const { execution_id: id } = await client.of('started');
  const [request] = gateway.api.requests;
  assert.equal(request.body, text);
  const { params } = request;
  assert.deepEqual([params.REQUEST_METHOD, params.REQUEST_URI, params.RUNYARD_LIVE, params.REMOTE_ADDR, params.RUNYARD_USER, params.HTTP_AUTHORIZATION, params.HTTP_X_API_KEY,
    params.HTTP_X_REQUEST_ID, params.CONTENT_TYPE, params.CONTENT_LENGTH],
  ['POST', '/api/v1/executions', 'native', '203.0.113.9', 'ann', 'Bearer t', 'k', 'r1', 'application/json', String(text.length)]);
  await until(() => held(id), 'it is held');
  await gateway.publish(id, [
    { id: 1, kind: 'status', data: { status: 'QUEUED' } },
    { id: 2, kind: 'status', data: { status: 'RUNNING', stage: 'run', attempt: 1 } },
    { id: 3, data: 'a' }, { id: 4, data: 'ü' }, { id: 5, kind: 'stderr', data: 'e' }, { id: 6, data: Buffer.from([0xff]) }]);
  await gateway.finish(id, { stdout: 'aü' });
  await client.of('exit');
  assert.deepEqual(client.messages, [
    { type: 'started', execution_id: id },
    { type: 'stage', id: 2, status: 'RUNNING', stage: 'run', attempt: 1 },
    { type: 'output', stream: 'stdout', data: 'aü', id: 4 },
    { type: 'output', stream: 'stderr', data: 'e', id: 5 },
    { type: 'output', stream: 'stdout', data: '\ufffd', id: 6 },
    { type: 'exit', id: 999_999_999, execution_id: id, status: 'COMPLETED', stdout: 'aü', stderr: '', execution_time: 5, attempt: 1 },
  ]);
  await until(async () => !(await held(id)), 'it is let go');
  assert.equal(gateway.api.requests.at(-1).target, `/api/v1/executions/${id}?view=full`);
});

test('what is typed reaches the queue of the program in its order', async () => {
  const client = await open();
  const id = await client.run(PYTHON);
  client.send({ type: 'stdin', data: 'hällo\n' });
  client.send({ type: 'stdin', data: '' });
  client.send({ type: 'resize', cols: 120, rows: 40 });
  client.send({ type: 'signal', name: 'SIGINT' });
  client.send({ type: 'stdin', data: 'x'.repeat(40_000) });
  client.send({ type: 'eof' });
  let all = '';
  await until(async () => (all += await gateway.take_input(id)).endsWith('<eof>'), 'all input');
  assert.equal(all, `hällo\n<resize 120x40><signal SIGINT>${'x'.repeat(40_000)}<eof>`);
});

test('a flood of input waits in the client: no more than 256 KiB lie in the database', async () => {
  const client = await open();
  const id = await client.run(PYTHON);
  const line = `${'y'.repeat(99_999)}\n`;
  for (let i = 0; i < 40; ++i) client.send({ type: 'stdin', data: line });
  client.send({ type: 'eof' });
  const waiting = async () => Number(await gateway.sql(`select coalesce(sum(length(data)), 0) from live_input where execution_id = '${id}'`));
  await until(async () => (await waiting()) > 240_000, 'the queue fills');
  let bytes = 0, ended = false;
  await until(async () => {
    assert.ok((await waiting()) <= 256 * 1024);
    const taken = await gateway.take_input(id);
    ended ||= taken.endsWith('<eof>');
    bytes += taken.replace('<eof>', '').length;
    return ended;
  }, 'all of it');
  assert.equal(bytes, 4_000_000);
});

test('a client that does not read is given no more than it takes, and the rest once it does', async () => {
  const client = await open();
  const id = await client.run(PYTHON);
  client.socket.pause();
  const other = await open();
  other.send({ type: 'attach', execution_id: id });
  const before = gateway.memory();
  const piece = 'z'.repeat(16_000);
  for (let batch = 0; batch < 20; ++batch) await gateway.publish(id, Array.from({ length: 50 }, (_, i) => ({ id: batch * 50 + i + 1, data: piece })));
  await gateway.finish(id);
  await other.of('exit');
  const grown = gateway.memory() - before;
  assert.ok(grown < 4 << 20, `${grown} bytes more`);
  client.socket.resume();
  await client.of('exit');
  assert.equal(client.text().length, 16_000_000);
  assert.deepEqual(client.messages.filter(({ type }) => type === 'output').map(({ data }) => data.length).filter((length) => length > 65_536), []);
});

test('leaving kills the run', async () => {
  const client = await open();
  const queued = await client.run(PYTHON);
  await client.close();
  await until(async () => !(await in_queue(queued)), 'a queued one ends at once');
  await until(async () => !(await held(queued)), 'it is let go');
  assert.equal(await gateway.sql(`select status from results where execution_id = '${queued}'`), 'CANCELLED');

  const second = await open();
  const running = await second.run(PYTHON);
  await gateway.claim(running);
  await second.close();
  await until(async () => (await gateway.sql(`select cancelled from queue where id = '${running}'`)) === 't', 'a running one is to be killed');
  await until(async () => !(await held(running)), 'it is let go');
});

/// The next request to the API is answered when `go` is called; `asked` settles when it is there.
function slow_api() {
  const slow = {};
  const released = new Promise((done) => { slow.go = done; });
  slow.asked = new Promise((done) => {
    gateway.answer = async function later(request) {
      delete this.answer;
      done();
      await released;
      return this.answer(request);
    };
  });
  return slow;
}

test('leaving before the submission is answered kills the run too', async () => {
  const client = await open();
  const { asked, go } = slow_api();
  client.send({ type: 'run', ...PYTHON });
  await asked;
  await client.close();
  await until(async () => (await (await fetch(`http://127.0.0.1:${gateway.port}/health`)).json()).connections === 0, 'the connection is gone');
  go();
  await until(async () => (await gateway.sql('select count(*) from queue where attempt = 0')) === '0', 'it ends');
});

test('a run is held before it is submitted; when the answer is lost, it is cancelled', async () => {
  const client = await open();
  let id, was_held;
  gateway.answer = async function lose({ params }) {
    delete this.answer;
    id = params.RUNYARD_EXECUTION_ID;
    was_held = await held(id);
    await this.queue('addr:127.0.0.1', { id });
    return 'hang up';
  };
  assert.equal((await client.refused({ type: 'run', ...PYTHON })).status, 503);
  assert.equal(was_held, true);
  await until(async () => !(await in_queue(id)), 'it is cancelled');
  await until(async () => !(await held(id)), 'it is let go');
  await client.run(PYTHON);
});

test('a run that is there only after its answer was given up is found and cancelled; one that was refused is forgotten', async () => {
  const client = await open();
  gateway.refuse = 'hang up';
  assert.equal((await client.refused({ type: 'run', ...PYTHON })).status, 503);
  const lost = gateway.api.requests.at(-1).params.RUNYARD_EXECUTION_ID;
  gateway.refuse = problem(422, 'the submission is wrong');
  assert.equal((await client.refused({ type: 'run', ...PYTHON })).status, 422);
  const refused = gateway.api.requests.at(-1).params.RUNYARD_EXECUTION_ID;
  await until(async () => !(await held(refused)), 'it is let go');
  assert.equal(await held(lost), true);
  await gateway.queue('addr:127.0.0.1', { id: lost });
  await gateway.sql(`update live_runs set seen_at = now() - interval '21 s' where execution_id = '${lost}'`);
  await until(async () => !(await in_queue(lost)), 'it is cancelled', 45);
});

test('who may only read sees the output of a run, and neither types nor kills', async () => {
  gateway.may_submit = 'no';
  const id = await gateway.queue();
  const client = await open();
  client.send({ type: 'attach', execution_id: id });
  await client.of('started');
  for (const message of [{ type: 'stdin', data: 'x' }, { type: 'stdin', data: '' }, { type: 'eof' }, { type: 'signal', name: 'SIGKILL' }, { type: 'resize', cols: 1, rows: 1 }]) {
    const error = await client.refused(message);
    assert.deepEqual([error.status, error.title], [403, 'Forbidden'], JSON.stringify(message));
  }
  assert.equal(await gateway.take_input(id), '');
  await gateway.publish(id, [{ id: 1, data: 'seen' }]);
  await client.printed('seen');
  await gateway.finish(id);
  await client.of('exit');
  const [{ params }] = gateway.api.requests;
  assert.equal(params.RUNYARD_LIVE, 'attach');
});

test('what is over and has no events any more is asked for once', async () => {
  const id = await gateway.queue();
  await gateway.finish(id, { stdout: 'all' });
  const client = await open();
  client.send({ type: 'attach', execution_id: id });
  assert.equal((await client.of('exit')).stdout, 'all');
  assert.equal(gateway.api.requests.length, 1);
});

test('a detached run lives on, and is followed again from where its client was', async () => {
  const client = await open();
  const id = await client.run({ ...PYTHON, detach: true });
  await gateway.claim(id);
  await gateway.publish(id, [{ id: 1, data: 'one ' }, { id: 2, data: 'two ' }]);
  await client.printed('two');
  assert.equal(await held(id), false);
  await client.close();
  await gateway.publish(id, [{ id: 3, data: 'three ' }]);
  const again = await open();
  again.send({ type: 'attach', execution_id: id, from: 1 });
  await again.printed('three');
  assert.equal(again.text(), 'two three ');
  again.send({ type: 'stdin', data: 'typed\n' });
  await until(async () => (await gateway.take_input(id)) === 'typed\n', 'input arrives');
  assert.equal(await gateway.sql(`select cancelled from queue where id = '${id}'`), 'f');
  await gateway.finish(id);
  assert.equal((await again.of('exit')).status, 'COMPLETED');
});

test('an execution that nobody followed is followed by attach; one that is over is told at once', async () => {
  const client = await open();
  const id = await gateway.queue('addr:127.0.0.1', { live: false });
  client.send({ type: 'attach', execution_id: id });
  await until(async () => (await gateway.sql(`select followed from queue where id = '${id}'`)) === 't', 'it is followed');
  await gateway.publish(id, [{ id: 1, kind: 'test', data: { index: 0, name: 't', verdict: 'PASSED' } }]);
  assert.deepEqual(await client.of('test'), { type: 'test', id: 1, index: 0, name: 't', verdict: 'PASSED' });
  assert.match((await client.refused({ type: 'stdin', data: 'x' })).detail, /no input/);
  await gateway.finish(id, { attempt: 2 });
  assert.equal((await client.of('exit')).id, 1_999_999_999);
  const from = client.messages.length;
  client.send({ type: 'attach', execution_id: id, from: 1 });
  assert.equal((await client.of('exit', from)).execution_id, id);
});

test('foreign and unknown executions are 404, and the connection goes on', async () => {
  const client = await open();
  for (const id of [new_id(), 'nonsense', `${new_id()}?view=full`, '']) {
    const error = await client.refused({ type: 'attach', execution_id: id });
    assert.equal(error.status, 404, JSON.stringify(error));
  }
  await client.run(PYTHON);
});

test('input without a run, or to one that has ended, is 409, and the connection goes on', async () => {
  const client = await open();
  assert.equal((await client.refused({ type: 'stdin', data: 'x' })).status, 409);
  const id = await client.run(PYTHON);
  await gateway.finish(id);
  await client.of('exit');
  for (const message of [{ type: 'stdin', data: 'x' }, { type: 'eof' }, { type: 'signal', name: 'SIGINT' }, { type: 'resize', cols: 1, rows: 1 }])
    assert.equal((await client.refused(message)).status, 409);
  const from = client.messages.length;
  client.send({ type: 'run', ...PYTHON });
  assert.notEqual((await client.of('started', from)).execution_id, id);
});

test('input that waits for room when the run ends is 409, and the connection goes on', async () => {
  const client = await open();
  const id = await client.run(PYTHON);
  const from = client.messages.length;
  for (let i = 0; i < 2; ++i) client.send({ type: 'stdin', data: 'x'.repeat(150_000) });
  await until(async () => Number(await gateway.sql(`select coalesce(sum(length(data)), 0) from live_input where execution_id = '${id}'`)) > 240_000, 'the queue fills');
  await gateway.finish(id);
  await client.of('exit');
  assert.equal((await client.of('error', from)).status, 409);
  await client.run(PYTHON);
});

test('a second run while one is under way is 409, and the first goes on', async () => {
  const client = await open();
  const id = await client.run(PYTHON);
  assert.equal((await client.refused({ type: 'run', ...PYTHON })).status, 409);
  assert.equal((await client.refused({ type: 'attach', execution_id: id })).status, 409);
  await gateway.finish(id);
  await client.of('exit');
});

test("the API's refusals are passed on with all their fields; a broken API is 503", async () => {
  const client = await open();
  gateway.refuse = problem(422, 'the submission is wrong', [{ field: 'language', message: 'is unknown' }]);
  assert.deepEqual(await client.refused({ type: 'run' }), {
    type: 'error', title: 'Unprocessable Content', status: 422, detail: 'the submission is wrong', errors: [{ field: 'language', message: 'is unknown' }] });
  for (const broken of ['hang up', { status: 500, body: 'oops' }, { status: 202, body: 'oops' }, { status: 202, body: { status: 'QUEUED' } }]) {
    gateway.refuse = broken;
    assert.equal((await client.refused({ type: 'run' })).status, 503);
  }
  gateway.refuse = problem(429, 'slower');
  assert.equal((await client.refused({ type: 'run' })).status, 429);
});

test('messages that are wrong are told by field and rule, and the connection goes on', async () => {
  const client = await open();
  const wrong = [
    ['nonsense', 400, []], ['[]', 400, []], ['{"type":"eof","type":"eof"}', 400, []], ['{"a":1e999}', 400, ['a']],
    [`${'['.repeat(40)}${']'.repeat(40)}`, 400, []],
    ['{}', 422, ['type']], ['{"type":7}', 422, ['type']], ['{"type":"exit"}', 422, ['type']],
    ['{"type":"stdin"}', 422, ['data']], ['{"type":"stdin","data":1,"more":2}', 422, ['more', 'data']],
    [JSON.stringify({ type: 'stdin', data: 'x'.repeat(256 * 1024 + 1) }), 422, ['data']],
    ['{"type":"eof","data":""}', 422, ['data']],
    ['{"type":"resize","cols":0,"rows":1001}', 422, ['cols', 'rows']], ['{"type":"resize","cols":"80","rows":1.5}', 422, ['cols', 'rows']],
    ['{"type":"signal","name":"SIGSTOP"}', 422, ['name']], ['{"type":"signal"}', 422, ['name', 'name']],
    [`{"type":"attach","execution_id":"${new_id()}","from":-1}`, 422, ['from']], ['{"type":"attach","execution_id":[]}', 422, ['execution_id']],
    ['{"type":"auth","token":""}', 422, ['token']], ['{"type":"auth","token":"a b"}', 422, ['token']],
  ];
  for (const [text, status, fields] of wrong) {
    const error = await client.refused(text);
    assert.equal(error.status, status, text);
    if (fields.length) assert.deepEqual(error.errors.map(({ field }) => field), fields, text);
  }
  await client.run(PYTHON);
});

test('credentials may come as the first message, once', async () => {
  const client = await open();
  client.send({ type: 'auth', token: 'secret' });
  await client.run(PYTHON);
  assert.equal(gateway.api.requests[0].params.HTTP_AUTHORIZATION, 'Bearer secret');
  assert.equal((await client.refused({ type: 'auth', token: 'other' })).status, 409);
  const other = await open({ headers: { 'X-API-Key': 'k' } });
  assert.equal((await other.refused({ type: 'auth', token: 'secret' })).status, 409);
});

test('a lost notification costs a second, not the run', async () => {
  const client = await open();
  const id = await client.run(PYTHON);
  await gateway.sql(`insert into live_output (execution_id, id, kind, data) values ('${id}', 1, 'stdout', 'quiet')`);
  await client.printed('quiet');
  await gateway.finish(id, {}, { notify: false });
  await client.of('exit');
});

test('the database goes and comes back: the run is told to its end', async () => {
  const client = await open();
  const id = await client.run(PYTHON);
  await gateway.sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
  await gateway.publish(id, [{ id: 1, data: 'still here' }]);
  await client.printed('still here');
  await gateway.finish(id);
  await client.of('exit');
});

test('runs of a gateway that died are cancelled, those of living ones are not', async () => {
  const client = await open();
  const own = await client.run(PYTHON);
  await until(() => held(own), 'it is held');
  const orphan = await gateway.queue();
  await gateway.sql(`insert into live_runs values ('${orphan}', '${new_id()}', now() - interval '21 s')`);
  await gateway.sql(`update live_runs set seen_at = now() - interval '19 s' where execution_id = '${own}'`);
  await until(async () => !(await in_queue(orphan)), 'the orphan is cancelled', 45);
  await until(async () => (await gateway.sql(`select now() - seen_at < interval '6 s' from live_runs where execution_id = '${own}'`)) === 't', 'the own one is renewed');
  assert.equal(await in_queue(own), true);
});

test('a crash of the database empties the table of held runs: they are in it again', async () => {
  const client = await open();
  const own = await client.run(PYTHON);
  await until(() => held(own), 'it is held');
  await gateway.sql('truncate live_runs');
  await until(() => held(own), 'it is held again');
});

test('after its start a gateway leaves the others time to renew their runs', async () => {
  const fresh = await PrivateGateway.start();
  try {
    const id = await fresh.queue();
    await fresh.sql(`insert into live_runs values ('${id}', '${new_id()}', now() - interval '21 s')`);
    const client = await LiveClient.open(fresh.url);
    const own = await client.run(PYTHON);
    for (let turn = 0; turn < 2; ++turn) {
      await fresh.sql(`update live_runs set seen_at = 'epoch' where execution_id = '${own}'`);
      await until(async () => (await fresh.sql(`select seen_at > 'epoch' from live_runs where execution_id = '${own}'`)) === 't', 'it is renewed');
    }
    assert.equal(await fresh.sql(`select count(*) from live_runs where execution_id = '${id}'`), '1');
    await client.close();
  } finally {
    await fresh.stop();
  }
});

test('a database that does not answer does not keep the gateway from ending', async () => {
  const fresh = await PrivateGateway.start({ drain_s: 1 });
  const waits = `select count(*) > 0 from pg_stat_activity where datname = '${fresh.database}' and wait_event_type = 'Lock'`;
  const blocker = fresh.sql('lock table live_runs; select pg_sleep(100)').catch(() => {});
  try {
    await until(async () => (await gateway.sql(waits)) === 't', 'a statement waits');
    fresh.child.kill('SIGTERM');
    assert.equal(await fresh.ended, 0);
    assert.match(fresh.log, /ended before all was told/);
  } finally {
    await gateway.sql(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${fresh.database}'`);
    await blocker;
    await fresh.stop();
  }
});

test('the gateway ends: clients are told to come again, their runs are cancelled, it exits with 0', async () => {
  const client = await open();
  const held_run = await client.run(PYTHON);
  const other = await open();
  const detached = await other.run({ ...PYTHON, detach: true });
  const idle = await open();
  const early = await open();
  const { asked, go } = slow_api();
  early.send({ type: 'run', ...PYTHON });
  await asked;
  gateway.child.kill('SIGTERM');
  for (const one of [client, other, idle, early]) assert.equal((await one.closed).code, 1012);
  go();
  assert.equal(await gateway.ended, 0);
  assert.equal(await gateway.sql('select string_agg(id::text, \',\') from queue where attempt = 0'), detached);
  assert.equal(await gateway.sql('select count(*) from live_runs'), '0');
  await gateway.launch();
  const again = await open();
  again.send({ type: 'attach', execution_id: detached });
  await again.of('started');
});
