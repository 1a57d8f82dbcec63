// The account in a real browser, through the whole stack: registering, signing in and out, keys.
//   node account_page.mjs     with RUNYARD_TEST_URL
import assert from 'node:assert/strict';
import { test, before, after } from 'node:test';
import { open_browser } from './browser.mjs';
import { url } from './page.mjs';
import { assert_clean, assert_presentable, call, new_name, new_user, open_as } from './views.mjs';

let browser;
before(async () => { browser = await open_browser(); });
after(async () => { await browser?.close(); });

const sign_in_form = (page) => page.getByRole('form', { name: 'Sign in' });
const register_form = (page) => page.getByRole('form', { name: 'Make an account' });

test('somebody registers, is told what is wrong, is signed in, signs out, and in again', async () => {
  const name = new_name();
  const { page, seen, context } = await open_as(browser, null, '/#/account');
  const form = register_form(page);
  await form.getByLabel('User name').fill(name);
  await form.getByLabel('E-mail address').fill('nowhere');
  await form.getByLabel('Password').fill('short');
  await form.getByRole('button').click();
  await page.locator('[aria-invalid]').first().waitFor();
  for (const field of ['E-mail address', 'Password']) assert.equal(await form.getByLabel(field).getAttribute('aria-invalid'), 'true', field);
  assert.equal(await form.getByLabel('User name').getAttribute('aria-invalid'), null);
  await assert_presentable(page, 'account-register');
  await form.getByLabel('E-mail address').fill(`${name}@example.com`);
  await form.getByLabel('Full name').fill('Ada Lovelace');
  await form.getByLabel('Password').fill('correct horse battery');
  await form.getByRole('button').click();
  await page.getByText(`${name}@example.com`).waitFor();
  assert.ok(await page.getByText('Ada Lovelace').isVisible());
  await page.reload();
  await page.getByText(`${name}@example.com`).waitFor();

  await page.getByRole('button', { name: 'Sign out' }).click();
  const again = sign_in_form(page);
  await again.getByLabel('User name').fill(name);
  await again.getByLabel('Password').fill('wrong battery staple');
  await again.getByRole('button').click();
  await page.getByText('The user name or the password is wrong.').waitFor();
  await again.getByLabel('Password').fill('correct horse battery');
  await page.keyboard.press('Enter');
  await page.getByText(`${name}@example.com`).waitFor();
  assert_clean(seen, 401, 422);
  await context.close();
});

test('who signs out leaves nothing to read: no program, no answer, no draft, no output', async () => {
  const { page, context } = await open_as(browser, await new_user(), '/');
  await page.locator('.code-editor-field').fill('print("se" + "cret")  # secret');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('[data-pane=stdout]')?.textContent === 'secret\n');
  await page.getByLabel('Language').selectOption({ index: 0 });
  await page.evaluate(() => {
    localStorage.setItem('runyard.answer.p.python', 'secret');
    sessionStorage.setItem('runyard.problem.new', '"secret"');
  });
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await sign_in_form(page).waitFor();
  await page.getByRole('link', { name: 'Run', exact: true }).click();
  await page.locator('.code-editor-field').waitFor();
  assert.equal(await page.locator('[data-pane=stdout]').getByText('secret').count(), 0);
  await page.reload();
  await page.locator('.code-editor-field').waitFor();
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  assert.doesNotMatch(kept, /secret/);
  assert.doesNotMatch(await page.locator('.code-editor-field').inputValue(), /secret/);
  await context.close();
});

test('a name that is taken is told at its field', async () => {
  const { username } = await new_user();
  const { page, context } = await open_as(browser, null, '/#/account');
  const form = register_form(page);
  await form.getByLabel('User name').fill(username);
  await form.getByLabel('E-mail address').fill(`${new_name()}@example.com`);
  await form.getByLabel('Password').fill('correct horse battery');
  await form.getByRole('button').click();
  await form.getByText('is another user’s').or(form.getByText("is another user's")).waitFor();
  await context.close();
});

test('a key is made, shown once, works, and is deleted', async () => {
  const user = await new_user();
  const { page, seen, context } = await open_as(browser, user, '/#/account');
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
  await page.getByText('You have no keys.').waitFor();
  const make = page.getByRole('button', { name: 'Make a key' });
  await make.click();
  await page.locator('[aria-invalid]').waitFor();
  await page.getByLabel('Name of the new key').fill('grader');
  await page.getByLabel('submit:').uncheck();
  await make.click();
  const shown = page.locator('.key');
  await shown.waitFor();
  const key = await shown.textContent();
  assert.match(key, /^ry_[0-9a-f]{64}$/);
  await page.getByRole('button', { name: 'Copy the key' }).click();
  await page.getByText('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
  await call('GET', 'executions', { token: key });
  const refused = await fetch(`${url}/api/v1/executions`, {
    method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }, body: '{"language":"python","code":"1"}',
  });
  assert.equal(refused.status, 403);
  await page.getByRole('cell', { name: 'grader', exact: true }).waitFor();
  await assert_presentable(page, 'account-key');
  await page.reload();
  await page.getByRole('cell', { name: 'grader', exact: true }).waitFor();
  assert.equal(await page.locator('.key').count(), 0);
  await page.getByRole('button', { name: 'Delete the key grader' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('You have no keys.').waitFor();
  assert_clean(seen, 422);
  await context.close();
});

test('credentials that are no longer good lead to the sign-in, which says why', async () => {
  const { page, context } = await open_as(browser, { token: 'e30.e30.e30' }, '/#/history');
  await page.getByText('Your sign-in is no longer valid. Sign in again to go on.').waitFor();
  await assert_presentable(page, 'account-expired');
  await sign_in_form(page).waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem('runyard.token')), null);
  await context.close();
});
