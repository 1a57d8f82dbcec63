// Every answer of the routes of problems.
import assert from 'node:assert/strict';
import { account, new_account } from '../accounts.mjs';
import { refusals_of_bodies } from './executions.mjs';

const nothing = '01900000-0000-7000-8000-000000000000';
const sum = { title: 'Sum', tests: [{ name: 'open' }, { name: 'secret one', stdin: 'secret two', hidden: true }] };

async function new_problem(api) {
  const { headers } = await account(api);
  return (await api.call('createProblem', { headers, body: sum, expected: 201 })).json().problem_id;
}

/// Calls make(0) .. make(count - 1), sixteen at a time.
export async function in_parallel(count, make) {
  const answers = [];
  let next = 0;
  const worker = async () => { while (next < count) { const i = next++; answers[i] = await make(i); } };
  await Promise.all(Array.from({ length: 16 }, worker));
  return answers;
}

const walks = {
  async listProblems(api) {
    const { headers } = await account(api);
    const ids = [await new_problem(api), await new_problem(api)];
    const page = await api.call('listProblems', { headers, query: { mine: 'true', limit: 1 }, expected: 200 });
    const next = await api.call('listProblems', { headers, query: { mine: 'true', limit: 1, cursor: page.json().next_cursor }, expected: 200 });
    assert.deepEqual([page, next].map((one) => one.json().problems[0].problem_id), ids.reverse());
    assert.equal(next.json().next_cursor, null);
    await api.call('listProblems', { query: { mine: 'false' }, expected: 200 });
    await api.call('listProblems', { query: 'page=2', expected: 422 });
  },

  async createProblem(api) {
    const made = await api.call('createProblem', { body: sum, expected: 201 });
    assert.equal(made.headers.location, `/api/v1/problems/${made.json().problem_id}`);
    await api.call('createProblem', { body: {}, expected: 422 });
    await refusals_of_bodies(api, 'createProblem');
    const { headers } = await new_account(api);
    const all = await in_parallel(1000, () => api.call('createProblem', { headers, body: { title: 'one of many' }, expected: 201 }));
    await api.call('createProblem', { headers, body: sum, expected: 409 });
    await in_parallel(all.length, (i) => api.call('deleteProblem', { headers, path: { id: all[i].json().problem_id }, expected: 204 }));
  },

  async readProblem(api) {
    const { headers } = await account(api);
    const id = await new_problem(api);
    const own = await api.call('readProblem', { headers, path: { id }, expected: 200 });
    assert.equal(own.json().tests.length, 2);
    const foreign = await api.call('readProblem', { path: { id }, expected: 200 });
    assert.equal(foreign.json().tests.length, 1);
    assert.ok(!foreign.body.includes('secret'));
    await api.call('readProblem', { path: { id: nothing }, expected: 404 });
    await api.call('readProblem', { path: { id }, query: 'page=2', expected: 422 });
  },

  async replaceProblem(api) {
    const { headers } = await account(api);
    const id = await new_problem(api);
    const now = await api.call('replaceProblem', { headers, path: { id }, body: { title: 'Product' }, expected: 200 });
    assert.deepEqual([now.json().title, now.json().tests], ['Product', []]);
    await api.call('replaceProblem', { headers, path: { id }, body: {}, expected: 422 });
    await api.call('replaceProblem', { headers, path: { id: nothing }, body: sum, expected: 404 });
    await refusals_of_bodies(api, 'replaceProblem', { headers, path: { id } });
  },

  async changeProblem(api) {
    const { headers } = await account(api);
    const id = await new_problem(api);
    const now = await api.call('changeProblem', { headers, path: { id }, body: { title: 'Product' }, expected: 200 });
    assert.deepEqual([now.json().title, now.json().tests.length], ['Product', 2]);
    await api.call('changeProblem', { headers, path: { id }, body: { title: null }, expected: 422 });
    await api.call('changeProblem', { headers, path: { id: nothing }, body: sum, expected: 404 });
    await refusals_of_bodies(api, 'changeProblem', { headers, path: { id } });
  },

  async deleteProblem(api) {
    const { headers } = await account(api);
    const id = await new_problem(api);
    await api.call('deleteProblem', { headers, path: { id }, query: 'page=2', expected: 422 });
    await refusals_of_bodies(api, 'deleteProblem', { headers, path: { id } });
    await api.call('deleteProblem', { headers, path: { id }, expected: 204 });
    await api.call('deleteProblem', { headers, path: { id }, expected: 404 });
  },
};

// Many changes at one moment.
walks.replaceProblem.elsewhere = ['409'];
walks.changeProblem.elsewhere = ['409'];
walks.readProblem.is_public = true;
for (const name of ['readProblem', 'replaceProblem', 'changeProblem', 'deleteProblem']) {
  walks[name].example_path = async (api) => ({ id: await new_problem(api) });
  walks[name].example_headers = async (api) => (await account(api)).headers;
}
export default walks;
