// What tests of the history, the problems, the dashboard and the account share: owners of their own, and what they own.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { assert_accessible, assert_no_sideways_scroll, keep_picture, open_page, url } from './page.mjs';

/// The page did nothing that it should not. It lets go of a question to the API whose answer is of no more use, and the
/// browser notes each answer that is a refusal: those with one of `statuses` are meant.
export function assert_clean(seen, ...statuses) {
  const meant = (error) => (error.startsWith(`${url}/api/v1/`) && error.endsWith('net::ERR_ABORTED'))
    || statuses.some((status) => error.includes(`status of ${status}`));
  assert.deepEqual({ ...seen, errors: seen.errors.filter((one) => !meant(one)) }, { foreign: [], violations: [], errors: [] });
}

/// Calls the API; gives the body of a success.
export async function call(method, path, { token, body } = {}) {
  const headers = { ...token && { Authorization: `Bearer ${token}` }, ...body && { 'Content-Type': 'application/json' } };
  const answer = await fetch(`${url}/api/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path} -> ${answer.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

export function new_name() {
  return `w${randomBytes(6).toString('hex')}`;
}

/// A registered user: {username, password, token}.
export async function new_user() {
  const username = new_name();
  const password = `correct horse ${username}`;
  await call('POST', 'auth/register', { body: { email: `${username}@example.com`, username, password, full_name: 'Ada Lovelace' } });
  const { access_token: token } = await call('POST', 'auth/token', { body: { username, password } });
  return { username, password, token };
}

/// A finished execution of that user.
export async function run(token, body) {
  return call('POST', 'executions?wait=60', { token, body: { language: 'python', ...body } });
}

/// A page in which that user is signed in, with plain fields to write in.
export function open_as(browser, user, path, more = {}) {
  return open_page(browser, { path, token: user?.token, plain: true, ...more });
}

/// What every view must keep to, at its present state: in both colours, and on a phone.
export async function assert_presentable(page, name) {
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const theme of ['light', 'dark']) {
    await page.getByLabel('Colours').selectOption(theme);
    await assert_accessible(page);
    await keep_picture(page, `${name}-${theme}`);
  }
  await page.setViewportSize({ width: 375, height: 740 });
  await assert_no_sideways_scroll(page);
  await assert_accessible(page);
  await keep_picture(page, `${name}-phone`);
  await page.getByLabel('Colours').selectOption('system');
  await page.setViewportSize({ width: 1280, height: 900 });
}
