// Callers with credentials, for walks over routes that ask for some.
import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';

export const scopes = ['read', 'submit', 'author', 'account'];
export const password = 'correct horse battery';

/// An address of this machine that nobody has used: attempts are counted by address.
export const fresh_address = () => `127.${randomInt(2, 254)}.${randomInt(1, 254)}.${randomInt(1, 254)}`;
export const fresh_name = () => `walker-${randomBytes(6).toString('hex')}`;

export const registration = (username = fresh_name()) => ({ email: `${username}@example.com`, username, password });

/// A new account: {headers, username, from}.
export async function new_account(api) {
  const from = fresh_address();
  const body = registration();
  await api.call('registerUser', { body, from, expected: 201 });
  const answer = await api.call('createToken', { body: { username: body.username, password }, from, expected: 200 });
  return { headers: { Authorization: `Bearer ${answer.json().access_token}` }, username: body.username, from };
}

/// The walk's own account, made when it is first asked for.
export async function account(api) {
  api.account ??= new_account(api);
  return api.account;
}

/// Headers of a key of that account with these scopes.
export async function key_with(api, wanted) {
  const { headers } = await account(api);
  const answer = await api.call('createKey', { headers, body: { name: 'walk', scopes: wanted }, expected: 201 });
  return { 'X-API-Key': answer.json().key };
}

/// The scope that an operation asks for; undefined where anybody may call.
export function scope_of(operation) {
  return operation.definition.security.flatMap((one) => one.token ?? [])[0];
}

/// Wrong credentials are 401, a key without the scope 403, whoever else may call.
export async function refuse_callers(api, operation, path) {
  const scope = scope_of(operation);
  if (!scope) return;
  const wrong = [
    { Authorization: 'Bearer wrong' }, { Authorization: 'Bearer ' }, { Authorization: 'Basic dXNlcjpwYXNz' }, { 'X-API-Key': 'wrong' },
    { 'X-API-Key': `ry_${'0'.repeat(64)}` }, { Authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.' },
    { ...(await account(api)).headers, 'X-API-Key': 'wrong' },
  ];
  for (const headers of wrong) await api.call(operation.id, { path, headers, expected: 401 });
  const lacking = await key_with(api, scopes.filter((one) => one !== scope));
  await api.call(operation.id, { path, headers: lacking, expected: 403 });
  if (operation.definition.security.some((one) => Object.keys(one).length === 0)) return;
  const nobody = await api.call(operation.id, { path });
  assert.ok([401, 403].includes(nobody.status), nobody.body);
}
