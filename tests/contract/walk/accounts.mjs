// Every answer of the routes of accounts and their keys.
import assert from 'node:assert/strict';
import { account, fresh_address, fresh_name, key_with, new_account, password, registration } from '../accounts.mjs';
import { send } from '../client.mjs';
import { refusals_of_bodies } from './executions.mjs';

const nothing = '01900000-0000-7000-8000-000000000000';

/// Asks until the answer is 429; a limit beyond a thousand attempts is none.
async function until_too_many(attempt) {
  for (let i = 0; i < 1000; ++i) {
    const answer = await attempt(i);
    if (answer.status === 429) return;
  }
  assert.fail('a thousand attempts were let pass');
}

async function new_key(api) {
  const { headers } = await account(api);
  const answer = await api.call('createKey', { headers, body: { name: 'to be deleted' }, expected: 201 });
  assert.equal(answer.headers.location, `/api/v1/auth/keys/${answer.json().id}`);
  return answer.json();
}

const walks = {
  async registerUser(api) {
    const body = { ...registration(), full_name: 'Ada Lovelace' };
    const from = fresh_address();
    const made = await api.call('registerUser', { body, from, expected: 201 });
    assert.equal(made.json().username, body.username);
    assert.ok(!made.body.includes(password));
    const again = await api.call('registerUser', { body, from, expected: 409 });
    assert.equal(again.json().errors[0].field, 'username');
    const same_address = await api.call('registerUser', { body: { ...body, username: fresh_name() }, from, expected: 409 });
    assert.equal(same_address.json().errors[0].field, 'email');
    await api.call('registerUser', { body: {}, expected: 422 });
    await refusals_of_bodies(api, 'registerUser');
    const busy = fresh_address();
    await until_too_many(() => api.call('registerUser', { body, from: busy }));
  },

  async createToken(api) {
    const { username, from } = await new_account(api);
    const form = (text, expected) => api.call('createToken', { body: text, from, headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, form: true, expected });
    await form(new URLSearchParams({ username, password, grant_type: 'password' }).toString(), 200);
    const wrong = await api.call('createToken', { body: { username, password: 'wrong' }, from, expected: 401 });
    const unknown = await api.call('createToken', { body: { username: fresh_name(), password }, from, expected: 401 });
    assert.equal(wrong.body, unknown.body);
    // A form's fields have no types; everything else can be wrong about them.
    await form('username=a', 422);
    await form('username=a&password=b&no_such_field=1', 422);
    await form('username=a&password=b&grant_type=implicit', 422);
    await form(`username=${'x'.repeat(101)}&password=b`, 422);
    for (const text of ['username=a&username=b&password=c', 'username=%ff&password=b', 'username=a%00b&password=b', 'username=%zz&password=b']) await form(text, 400);
    await api.call('createToken', { body: {}, expected: 422 });
    await refusals_of_bodies(api, 'createToken');
    await until_too_many(() => api.call('createToken', { body: { username, password: 'wrong' }, from: fresh_address() }));
  },

  async readMe(api) {
    const { headers, username } = await account(api);
    const me = await api.call('readMe', { headers, expected: 200 });
    assert.equal(me.json().username, username);
    assert.deepEqual(me.json().scopes, ['read', 'submit', 'author', 'account']);
    const key = await key_with(api, ['account']);
    assert.deepEqual((await api.call('readMe', { headers: key, expected: 200 })).json().scopes, ['account']);
    await api.call('readMe', { headers, query: 'page=2', expected: 422 });
  },

  async listKeys(api) {
    const { headers } = await account(api);
    const key = await new_key(api);
    const all = await api.call('listKeys', { headers, expected: 200 });
    assert.deepEqual(all.json().keys.map((one) => one.id), [key.id]);
    assert.ok(!all.body.includes(key.key));
    await api.call('listKeys', { headers, query: 'page=2', expected: 422 });
  },

  async createKey(api) {
    const { headers } = await account(api);
    await api.call('createKey', { headers, body: {}, expected: 422 });
    const weak = await key_with(api, ['account']);
    await api.call('createKey', { headers: weak, body: { name: 'stronger', scopes: ['submit'] }, expected: 403 });
    await refusals_of_bodies(api, 'createKey', { headers });
    const other = await new_account(api);
    for (let i = 0; i < 100; ++i) await api.call('createKey', { headers: other.headers, body: { name: `key ${i}` }, expected: 201 });
    await api.call('createKey', { headers: other.headers, body: { name: 'one more' }, expected: 409 });
  },

  async deleteKey(api) {
    const { headers } = await account(api);
    const { id, key } = await new_key(api);
    await api.call('deleteKey', { headers, path: { id: nothing }, expected: 404 });
    await api.call('deleteKey', { headers, path: { id }, query: 'page=2', expected: 422 });
    await refusals_of_bodies(api, 'deleteKey', { headers, path: { id } });
    await api.call('deleteKey', { headers, path: { id }, expected: 204 });
    await api.call('deleteKey', { headers, path: { id }, expected: 404 });
    assert.equal((await send({ method: 'GET', path: '/api/v1/executions', headers: { 'X-API-Key': key } })).status, 401);
  },

  async readWebhookSecret(api) {
    const { headers } = await account(api);
    const first = await api.call('readWebhookSecret', { headers, expected: 200 });
    assert.deepEqual((await api.call('readWebhookSecret', { headers, expected: 200 })).json(), first.json());
    assert.notEqual((await api.call('readWebhookSecret', { expected: 200 })).body, first.body);
    await api.call('readWebhookSecret', { headers, query: 'page=2', expected: 422 });
  },

  async changeWebhookSecret(api) {
    const { headers } = await account(api);
    const before = await api.call('readWebhookSecret', { headers, expected: 200 });
    const changed = await api.call('changeWebhookSecret', { headers, expected: 200 });
    assert.notEqual(changed.body, before.body);
    assert.equal((await api.call('readWebhookSecret', { headers, expected: 200 })).body, changed.body);
    await api.call('changeWebhookSecret', { headers, query: 'page=2', expected: 422 });
    await refusals_of_bodies(api, 'changeWebhookSecret', { headers });
  },
};

// These need a server that is set up otherwise; the unit tests have one.
walks.registerUser.elsewhere = ['403'];
walks.createToken.elsewhere = ['403'];
walks.createToken.also_takes_forms = true;
for (const name of ['readMe', 'listKeys', 'createKey', 'deleteKey']) {
  walks[name].example_headers = async (api) => (await account(api)).headers;
}
walks.deleteKey.example_path = async (api) => ({ id: (await new_key(api)).id });
// The examples' names are the same for everybody; these are this walk's own.
walks.registerUser.example_options = () => ({ from: fresh_address(), change: (body) => ({ ...body, ...registration(), full_name: body.full_name }) });
walks.createToken.example_options = async (api) => {
  const { username, from } = await account(api);
  return { from, change: (body) => ({ ...body, username }) };
};
export default walks;
