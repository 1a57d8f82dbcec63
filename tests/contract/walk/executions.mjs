// Every answer of the routes of executions.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { new_account } from '../accounts.mjs';

const hello = { language: 'python', code: 'print("Hello")' };
const nobody = '01900000-0000-7000-8000-000000000000';
const sleeper = { language: 'python', code: 'import time\nprint("begun", flush=True)\ntime.sleep(50)', limits: { wall_ms: 60000 } };

/// A finished execution's id.
export async function finished(api, options = {}) {
  const answer = await api.call('submitExecution', { query: { wait: 60 }, body: hello, expected: 200, ...options });
  return answer.json().execution_id;
}

/// The id of one that runs for a while; to be cancelled.
export async function unfinished(api, options = {}) {
  const answer = await api.call('submitExecution', { body: sleeper, expected: 202, ...options });
  return answer.json().execution_id;
}

async function cancel(api, id, options = {}) {
  await api.call('cancelExecution', { path: { id }, expected: 202, ...options });
  const over = await api.call('readExecution', { path: { id }, query: { wait: 60 }, expected: 200, ...options });
  assert.equal(over.json().status, 'CANCELLED');
}

/// Answers that every route which looks at a body has in common.
export async function refusals_of_bodies(api, id, { headers, ...options } = {}) {
  const refused = (expected, more) => api.call(id, { ...options, ...more, headers: { ...headers, ...more.headers }, expected });
  await refused(400, { body: '{' });
  await refused(415, { body: 'x', headers: { 'Content-Type': 'text/plain' } });
  await refused(413, { headers: { 'Content-Type': 'application/json', 'Content-Length': 9000000 } });
}

/// Runs a statement in the stack's database.
function sql(statement) {
  const database = process.env.RUNYARD_TEST_DB.replace('dbname=postgres', 'dbname=runyard');
  execFileSync('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', '-c', statement, database]);
}

/// An owner with a quota of one submission a minute is told so on the second, once the quota is seen, which takes seconds.
async function until_over_quota(api) {
  const { headers } = await new_account(api);
  const { id } = (await api.call('readMe', { headers, expected: 200 })).json();
  sql(`insert into quotas (owner, per_minute) values ('account:${id}', 1)`);
  try {
    for (let i = 0; i < 100; ++i) {
      if ((await api.call('submitExecution', { headers, body: hello })).status === 429) return;
      await new Promise((next) => setTimeout(next, 100));
    }
    assert.fail('the quota is not kept');
  } finally {
    sql(`delete from quotas where owner = 'account:${id}'`);
  }
}

// One program for each way to end.
const endings = [
  { ...hello, code: 'raise SystemExit(3)' },
  { ...hello, code: 'import os\nos.kill(os.getpid(), 11)' },
  { ...hello, code: 'while True: pass', limits: { wall_ms: 300 } },
  { ...hello, code: 'print("x" * 100000)', limits: { output_bytes: 10 } },
  { ...hello, code: 'x = bytearray(10 ** 9)', limits: { memory_kb: 65536 } },
  { language: 'c', code: 'int main(void) { return x; }' },
  { language: 'c', code: 'int main(void) { return 0; }' },
  { language: 'python', code: 'import sys\nsys.stdout.buffer.write(b"\\xff\\x00")\nopen("a.bin", "wb").write(b"\\xff")', artifacts: ['a.bin', 'missing'] },
  { language: 'python', code: 'print(1)', tests: [{ expected_output: '2' }, { expected_output: '1' }] },
  { language: 'python', code: 'print(1)', tests: [{ expected_output: '2' }, { expected_output: '1' }], stop_on_failure: true },
];

// Of this machine, where no webhook goes.
const callback_url = 'http://127.0.0.1:9/hook';

/// The delivery of an execution, once it was tried.
async function until_tried(api, id) {
  for (let i = 0; i < 300; ++i) {
    const [log] = (await api.call('listWebhooks', { path: { id }, expected: 200 })).json().webhooks;
    if (log?.attempts.length > 0) return log;
    await new Promise((next) => setTimeout(next, 100));
  }
  return assert.fail('the webhook was not tried');
}

// A finished execution for requests that are refused before they change it.
const on_a_finished_one = { example_path: async (api) => ({ id: await finished(api) }) };

/// What the routes of bytes have in common.
async function walk_part(api, operation, path, text) {
  const whole = await api.call(operation, { path, expected: 200 });
  assert.equal(String(whole.body), text);
  const some = await api.call(operation, { path, headers: { Range: 'bytes=1-2' }, expected: 206 });
  assert.equal(String(some.body), text.slice(1, 3));
  await api.call(operation, { path, headers: { Range: 'bytes=100-' }, expected: 416 });
  await api.call(operation, { path, headers: { 'If-None-Match': whole.headers.etag }, expected: 304 });
  await api.call(operation, { path: { ...path, id: nobody }, expected: 404 });
  await api.call(operation, { path, query: 'x=1', expected: 422 });
}

const walks = {
  async submitExecution(api) {
    for (const body of endings) await api.call('submitExecution', { query: { wait: 60 }, body, expected: 200 });
    const plain = await api.call('submitExecution', { body: hello, expected: 202 });
    assert.equal(plain.headers.location, `/api/v1/executions/${plain.json().execution_id}`);
    const preferred = await api.call('submitExecution', { body: hello, headers: { Prefer: 'wait=60' }, expected: 200 });
    assert.equal(preferred.headers['preference-applied'], 'wait=60');
    assert.deepEqual(Object.keys(preferred.json()).slice(0, 5), ['execution_id', 'status', 'stdout', 'stderr', 'execution_time']);
    const key = `walk-${process.pid}-${Date.now()}`;
    const first = await api.call('submitExecution', { body: hello, headers: { 'Idempotency-Key': key }, expected: 202 });
    const again = await api.call('submitExecution', { query: { wait: 60 }, body: hello, headers: { 'Idempotency-Key': key }, expected: 200 });
    assert.equal(again.json().execution_id, first.json().execution_id);
    await api.call('submitExecution', { body: sleeper, headers: { 'Idempotency-Key': key }, expected: 409 });
    const unknown = await api.call('submitExecution', { body: { language: 'pythn' }, expected: 422 });
    assert.match(unknown.json().errors.find((error) => error.field === 'language').message, /near are "python"/);
    await refusals_of_bodies(api, 'submitExecution');
    await until_over_quota(api);
  },

  async submitBatch(api) {
    const answer = await api.call('submitBatch', { body: { executions: [hello, hello] }, expected: 202 });
    assert.ok(answer.json().executions.every((one) => one.status === 'QUEUED'));
    await api.call('submitBatch', { body: {}, expected: 422 });
    await refusals_of_bodies(api, 'submitBatch');
  },

  async listExecutions(api) {
    await finished(api);
    await finished(api);
    const page = await api.call('listExecutions', { query: { limit: 1, language: 'py' }, expected: 200 });
    assert.equal(page.json().executions.length, 1);
    const next = await api.call('listExecutions', { query: { limit: 1, language: 'py', cursor: page.json().next_cursor }, expected: 200 });
    assert.ok(next.json().executions[0].execution_id < page.json().executions[0].execution_id);
    await api.call('listExecutions', { query: { status: 'COMPLETED', encoding: 'base64' }, expected: 200 });
    await api.call('listExecutions', { query: 'page=2', expected: 422 });
  },

  async readExecution(api) {
    const id = await finished(api);
    const read = await api.call('readExecution', { path: { id }, expected: 200 });
    assert.equal(read.json().stdout, 'Hello\n');
    const bytes = await api.call('readExecution', { path: { id }, query: { encoding: 'base64' }, expected: 200 });
    assert.equal(bytes.json().stdout, 'SGVsbG8K');
    await api.call('readExecution', { path: { id }, headers: { 'If-None-Match': read.headers.etag }, expected: 304 });
    await api.call('readExecution', { path: { id: id.toUpperCase() }, expected: 200 });
    await api.call('readExecution', { path: { id: nobody }, expected: 404 });
    await api.call('readExecution', { path: { id: 'x' }, expected: 404 });
    await api.call('readExecution', { path: { id }, query: 'wait=-1', expected: 422 });
    const long = await unfinished(api);
    const waited = await api.call('readExecution', { path: { id: long }, headers: { Prefer: 'wait=1' }, expected: 200 });
    assert.equal(waited.json().stdout, null);
    assert.equal(waited.headers['preference-applied'], 'wait=1');
    await cancel(api, long);
  },

  async readStdout(api) {
    await walk_part(api, 'readStdout', { id: await finished(api) }, 'Hello\n');
  },

  async readStderr(api) {
    const body = { ...hello, code: 'import sys\nprint("Hello", file=sys.stderr)' };
    await walk_part(api, 'readStderr', { id: await finished(api, { body }) }, 'Hello\n');
  },

  async readArtifact(api) {
    const body = { ...hello, code: 'import os\nos.mkdir("out")\nopen("out/a b", "w").write("Hello\\n")', artifacts: ['out/a b'] };
    const id = await finished(api, { body });
    await walk_part(api, 'readArtifact', { id, name: 'out%2Fa%20b' }, 'Hello\n');
    await api.call('readArtifact', { path: { id, name: 'none' }, expected: 404 });
  },

  async readSubmission(api) {
    const files = [{ name: 'main.py', content: 'print(input())' }, { name: 'data', content: '/w==', encoding: 'base64' }];
    const single = { language: 'py', files, entry: 'main.py', stdin: '1', args: ['a'], env: { LEVEL: '3' }, limits: { wall_ms: 4000 }, artifacts: ['data'], project_id: 'course-7' };
    const judged = { ...hello, tests: [{ expected_output: 'Hello', args: ['b'] }, { name: 'free' }], checker: { kind: 'float', tolerance: 0.5 }, stop_on_failure: true };
    for (const one of [hello, single, judged, { ...hello, problem_id: '11111111-1111-1111-1111-111111111111' }]) {
      const id = await finished(api, { body: one });
      const read = (await api.call('readSubmission', { path: { id }, expected: 200 })).json();
      // Sent again it is the same submission.
      const again = await finished(api, { body: read });
      assert.deepEqual((await api.call('readSubmission', { path: { id: again }, expected: 200 })).json(), read);
    }
    await api.call('readSubmission', { path: { id: nobody }, expected: 404 });
    await api.call('readSubmission', { path: { id: await finished(api) }, query: 'page=2', expected: 422 });
  },

  async readEvents(api) {
    const id = await finished(api);
    const events = async (more = {}) => (await api.call('readEvents', { path: { id }, expected: 200, ...more })).body;
    const plain = await events();
    assert.match(plain, /^retry: 1000\n\nid: [0-9]+\nevent: status\n/);
    assert.match(plain, /\nid: ([0-9]+)\nevent: stdout\ndata: \{"data":"Hello\\n"\}\n\nid: 999999999\nevent: end\ndata: \{"execution_id":/);
    assert.match(await events({ query: { encoding: 'base64' } }), /data: \{"data":"SGVsbG8K"\}\n/);
    const last = /id: ([0-9]+)\nevent: stdout/.exec(plain)[1];
    for (const more of [{ query: { last_event_id: last } }, { headers: { 'Last-Event-ID': last } }]) {
      assert.match(await events(more), /^retry: 1000\n\nid: 999999999\nevent: end\n/);
    }
    await api.call('readEvents', { path: { id }, headers: { 'Last-Event-ID': '999999999' }, expected: 204 });
    await api.call('readEvents', { path: { id }, headers: { 'Last-Event-ID': 'x' }, expected: 422 });
    await api.call('readEvents', { path: { id }, query: 'last_event_id=-1', expected: 422 });
    await api.call('readEvents', { path: { id: nobody }, expected: 404 });
    // One owner's listeners are bounded in each process.
    const { headers } = await new_account(api);
    const long = await unfinished(api, { headers });
    const listeners = [];
    let refused = false;
    while (!refused && listeners.length < 1000) {
      const listener = api.call('readEvents', { path: { id: long }, headers }).then((answer) => { refused ||= answer.status === 429; });
      listeners.push(listener);
      await Promise.race([listener, new Promise((next) => setTimeout(next, 20))]);
    }
    assert.ok(refused, 'any number may listen');
    await cancel(api, long, { headers });
    await Promise.all(listeners);
  },

  async deleteExecution(api) {
    const id = await finished(api);
    await api.call('deleteExecution', { path: { id }, query: 'force=1', expected: 422 });
    await refusals_of_bodies(api, 'deleteExecution', { path: { id } });
    await api.call('deleteExecution', { path: { id }, expected: 204 });
    await api.call('deleteExecution', { path: { id }, expected: 404 });
    const long = await unfinished(api);
    await api.call('deleteExecution', { path: { id: long }, expected: 409 });
    await cancel(api, long);
  },

  async cancelExecution(api) {
    const id = await finished(api);
    await api.call('cancelExecution', { path: { id }, expected: 409 });
    await api.call('cancelExecution', { path: { id: nobody }, expected: 404 });
    await api.call('cancelExecution', { path: { id }, query: 'force=1', expected: 422 });
    await refusals_of_bodies(api, 'cancelExecution', { path: { id } });
    await cancel(api, await unfinished(api));
  },

  async listWebhooks(api) {
    const id = await finished(api);
    assert.deepEqual((await api.call('listWebhooks', { path: { id }, expected: 200 })).json().webhooks, []);
    const told = await finished(api, { body: { ...hello, callback_url } });
    const log = await until_tried(api, told);
    assert.equal(log.url, callback_url);
    assert.equal(log.state, 'PENDING');
    assert.match(log.attempts[0].error, /not sent to/);
    await api.call('listWebhooks', { path: { id: nobody }, expected: 404 });
    await api.call('listWebhooks', { path: { id }, query: 'page=2', expected: 422 });
  },

  async redeliverWebhook(api) {
    const id = await finished(api);
    await api.call('redeliverWebhook', { path: { id }, expected: 409 });
    const told = await finished(api, { body: { ...hello, callback_url } });
    await until_tried(api, told);
    const again = await api.call('redeliverWebhook', { path: { id: told }, expected: 202 });
    assert.equal(again.json().state, 'PENDING');
    await api.call('redeliverWebhook', { path: { id: nobody }, expected: 404 });
    await api.call('redeliverWebhook', { path: { id }, query: 'force=1', expected: 422 });
    await refusals_of_bodies(api, 'redeliverWebhook', { path: { id } });
  },
};

Object.assign(walks.submitBatch, {
  fields_shown_elsewhere: ['executions[].'], // by submitExecution
  // The first element that was refused, as if all of the request had been.
  refusal_inside(answer) {
    if (answer.status !== 202) return undefined;
    const all = answer.json().executions;
    const index = all.findIndex((one) => one.error);
    if (index < 0) return undefined;
    const { error } = all[index];
    const place = `executions[${index}]`;
    const errors = error.errors.map(({ field, message }) => ({ field: field === 'body' ? place : `${place}.${field}`, message }));
    return { status: error.status, body: answer.body, json: () => ({ ...error, errors }) };
  },
});
for (const name of ['listWebhooks', 'redeliverWebhook', 'readExecution', 'readSubmission', 'readStdout', 'readStderr', 'readEvents', 'deleteExecution', 'cancelExecution']) Object.assign(walks[name], on_a_finished_one);
const with_a_file = { ...hello, code: 'open("out.txt", "w").write("Hello")', artifacts: ['out.txt'] };
Object.assign(walks.readArtifact, { example_path: async (api) => ({ id: await finished(api, { body: with_a_file }), name: 'out.txt' }) });
export default walks;
