// Every answer of the routes of code sessions, and of the figures.
import assert from 'node:assert/strict';
import { new_account } from '../accounts.mjs';
import { refusals_of_bodies } from './executions.mjs';
import { in_parallel } from './problems.mjs';

const nothing = '01900000-0000-7000-8000-000000000000';
// These are there from the beginning.
const begin = { user_id: 1, problem_id: '11111111-1111-1111-1111-111111111111', language: 'python' };

async function new_session(api) {
  return (await api.call('createSession', { body: begin, expected: 201 })).json().session_id;
}

/// Runs a session's code to its end; the execution as its clients see it.
async function run_to_end(api, id, code) {
  const answer = await api.call('runSession', { path: { id }, body: code === undefined ? undefined : { code } });
  if (answer.status !== 202) return { refused: answer };
  const { execution_id } = answer.json();
  return { execution_id, end: await api.call('readExecution', { path: { id: execution_id }, query: { wait: 60 }, expected: 200 }) };
}

const walks = {
  async createSession(api) {
    const made = await api.call('createSession', { body: begin, expected: 201 });
    assert.equal(made.headers.location, `/api/v1/code-sessions/${made.json().session_id}`);
    const resumed = await api.call('createSession', { body: { ...begin, resume: true }, expected: 200 });
    assert.ok(resumed.json().code.length > 0);
    const wrong = await api.call('createSession', { body: { ...begin, language: 'pythn' }, expected: 422 });
    assert.match(wrong.json().errors.language[0], /"python"/);
    await refusals_of_bodies(api, 'createSession');
    const { headers } = await new_account(api);
    const { problem_id, language } = begin;
    const own = { problem_id, language };
    const all = await in_parallel(1000, () => api.call('createSession', { headers, body: own, expected: 201 }));
    await api.call('createSession', { headers, body: own, expected: 409 });
    await in_parallel(all.length, (i) => api.call('deleteSession', { headers, path: { id: all[i].json().session_id }, expected: 204 }));
  },

  async readSession(api) {
    const id = await new_session(api);
    const read = await api.call('readSession', { path: { id }, expected: 200 });
    assert.deepEqual([read.json().user_id, read.json().language], [1, 'python']);
    await api.call('readSession', { path: { id: nothing }, expected: 404 });
    await api.call('readSession', { path: { id }, query: 'page=2', expected: 422 });
  },

  async changeSession(api) {
    const id = await new_session(api);
    await api.call('changeSession', { path: { id }, body: { code: 'print(7)' }, expected: 200 });
    assert.equal((await api.call('readSession', { path: { id }, expected: 200 })).json().code, 'print(7)');
    await api.call('changeSession', { path: { id: nothing }, body: { code: 'print(7)' }, expected: 404 });
    const empty = await api.call('changeSession', { path: { id }, body: {}, expected: 422 });
    assert.equal(empty.json().message, 'The code field is required.');
    await refusals_of_bodies(api, 'changeSession', { path: { id } });
  },

  async deleteSession(api) {
    const id = await new_session(api);
    await api.call('deleteSession', { path: { id }, query: 'page=2', expected: 422 });
    await refusals_of_bodies(api, 'deleteSession', { path: { id } });
    await api.call('deleteSession', { path: { id }, expected: 204 });
    await api.call('deleteSession', { path: { id }, expected: 404 });
  },

  async runSession(api) {
    const id = await new_session(api);
    await api.call('runSession', { path: { id }, body: { source: '' }, expected: 422 });
    await api.call('runSession', { path: { id: nothing }, body: { code: 'print(7)' }, expected: 404 });
    await refusals_of_bodies(api, 'runSession', { path: { id } });
    const long = (await api.call('runSession', { path: { id }, body: { code: 'import time\ntime.sleep(9)' }, expected: 202 })).json();
    const second = await api.call('runSession', { path: { id }, expected: 409 });
    assert.equal(second.json().execution_id, long.execution_id);
    await api.call('cancelExecution', { path: { id: long.execution_id }, expected: 202 });
    await api.call('readExecution', { path: { id: long.execution_id }, query: { wait: 60 }, expected: 200 });
    const { execution_id, end } = await run_to_end(api, id, 'print("Hello")');
    assert.deepEqual(Object.keys(end.json()), ['execution_id', 'status', 'stdout', 'stderr', 'execution_time']);
    assert.equal(end.json().stdout, 'Hello\n');
    const whole = await api.call('readExecution', { path: { id: execution_id }, query: { view: 'full' }, expected: 200 });
    assert.equal(whole.json().exit_code, 0);
    for (let i = 0; i < 10; ++i) {
      const { refused } = await run_to_end(api, id);
      if (refused) return assert.equal(refused.status, 429);
    }
    assert.fail('more than ten runs a minute');
  },

  async readStats(api) {
    await run_to_end(api, await new_session(api), 'print("Hello")');
    const all = await api.call('readStats', { query: { bucket: 'hour' }, expected: 200 });
    assert.ok(all.json().count > 0 && all.json().buckets.length > 0);
    assert.equal(all.json().groups.reduce((sum, group) => sum + group.count, 0), all.json().count);
    const none = await api.call('readStats', { query: { language: 'no such' }, expected: 200 });
    assert.deepEqual([none.json().count, none.json().groups], [0, []]);
    await api.call('readStats', { query: 'page=2', expected: 422 });
  },
};

for (const name of ['readSession', 'changeSession', 'deleteSession', 'runSession']) {
  walks[name].example_path = async (api) => ({ id: await new_session(api) });
}
export default walks;
