// Every answer of the routes that tell what the service can do.
import assert from 'node:assert/strict';

const walks = {
  async listLanguages(api) {
    const all = await api.call('listLanguages', { expected: 200 });
    assert.ok(all.json().languages.length > 0);
    await api.call('listLanguages', { query: 'page=2', expected: 422 });
  },

  async readLanguage(api) {
    const all = await api.call('listLanguages', { expected: 200 });
    for (const language of all.json().languages) {
      const one = await api.call('readLanguage', { path: { id: language.id }, expected: 200 });
      assert.deepEqual(one.json(), language);
    }
    const near = await api.call('readLanguage', { path: { id: 'pythn' }, expected: 404 });
    assert.match(near.json().detail, /"python"/);
    await api.call('readLanguage', { path: { id: 'python' }, query: 'page=2', expected: 422 });
  },

  async health(api) {
    await api.call('health', { expected: 200 });
  },

  async ready(api) {
    await api.call('ready', { expected: 200 });
  },

  async metrics(api) {
    const answer = await api.call('metrics', { expected: 200 });
    assert.match(answer.body, /^runyard_database_up 1$/m);
  },
};

walks.readLanguage.example_path = () => ({ id: 'python' });
for (const name of ['health', 'ready', 'metrics']) walks[name].ignores_query = true;
// The tests come from this machine, which may; tests/unit/api_metrics_test.cpp comes from elsewhere.
walks.metrics.elsewhere = ['403'];
export default walks;
