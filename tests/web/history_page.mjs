// The history in a real browser, through the whole stack.
//   node history_page.mjs     with RUNYARD_TEST_URL
import assert from 'node:assert/strict';
import { test, before, after } from 'node:test';
import { open_browser } from './browser.mjs';
import { assert_clean, assert_presentable, call, new_user, open_as, run } from './views.mjs';

let browser;
before(async () => { browser = await open_browser(); });
after(async () => { await browser?.close(); });

const rows = (page) => page.locator('tbody tr');

test('one’s executions are listed, filtered, and nobody else’s', async () => {
  const user = await new_user();
  await run((await new_user()).token, { code: 'print("not mine")' });
  await run(user.token, { code: 'print("fine")' });
  await run(user.token, { code: 'raise SystemExit(3)' });
  const { page, seen, context } = await open_as(browser, user, '/#/history');
  await rows(page).nth(1).waitFor();
  assert.equal(await rows(page).count(), 2);
  await assert_presentable(page, 'history');
  await page.getByLabel('Status').selectOption('FAILED');
  await page.getByText('1 execution', { exact: true }).waitFor();
  assert.match(await rows(page).first().textContent(), /Runtime error/);
  // The filters stand in the address.
  await page.reload();
  await page.getByText('1 execution', { exact: true }).waitFor();
  assert.equal(await page.getByLabel('Status').inputValue(), 'FAILED');
  await page.getByLabel('Time').selectOption('custom');
  await page.getByLabel('To').fill('2020-01-01');
  await page.getByText('No execution fits these filters.').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByText('2 executions').waitFor();
  assert_clean(seen);
  await context.close();
});

test('a long history comes page by page', async () => {
  const user = await new_user();
  const executions = Array.from({ length: 30 }, (_, index) => ({ language: 'python', code: `print(${index})` }));
  await call('POST', 'executions/batch', { token: user.token, body: { executions } });
  const { page, seen, context } = await open_as(browser, user, '/#/history');
  await page.getByText('25 executions, and more').waitFor();
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByText('30 executions', { exact: true }).waitFor();
  assert.equal(await rows(page).count(), 30);
  assert.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0);
  assert_clean(seen);
  await context.close();
});

test('what failed is what is tried again', async () => {
  const user = await new_user();
  const executions = Array.from({ length: 30 }, (_, index) => ({ language: 'python', code: `print(${index})` }));
  await call('POST', 'executions/batch', { token: user.token, body: { executions } });
  const { page, context } = await open_as(browser, user, '/#/history');
  await page.getByText('25 executions, and more').waitFor();
  await page.route('**/api/v1/executions?*', (route) => route.fulfill({ status: 500, body: '{}' }), { times: 1 });
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByText('The history could not be loaded.').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('The history could not be loaded.').waitFor({ state: 'detached' });
  await page.locator('button:enabled', { hasText: 'Refresh' }).waitFor();
  assert.equal(await rows(page).count(), 25);
  await context.close();
});

test('an execution is shown with all that came of it, run again, and deleted', async () => {
  const user = await new_user();
  const done = await run(user.token, { code: 'import sys\nprint(input(), sys.argv[1])\nprint("oops", file=sys.stderr)', stdin: 'typed\n', args: ['an argument'] });
  const { page, seen, context } = await open_as(browser, user, `/#/history/${done.execution_id}`);
  await page.getByRole('group', { name: 'Source of main.py' }).waitFor();
  assert.equal(await page.getByRole('group', { name: 'Output', exact: true }).textContent(), 'typed an argument\n');
  assert.equal(await page.getByRole('group', { name: 'Errors' }).textContent(), 'oops\n');
  await assert_presentable(page, 'execution');

  await page.getByRole('button', { name: 'Run again' }).click();
  await page.waitForURL((address) => !address.hash.includes(done.execution_id));
  await page.getByRole('group', { name: 'Output', exact: true }).waitFor();
  assert.equal(await page.getByRole('group', { name: 'Output', exact: true }).textContent(), 'typed an argument\n');

  // Escape keeps it, and the focus goes back.
  const remove = page.getByRole('button', { name: 'Delete', exact: true });
  await remove.click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.ok(await remove.evaluate((button) => button === document.activeElement));
  await remove.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('1 execution', { exact: true }).waitFor();
  assert_clean(seen);
  await context.close();
});

test('an execution opens in the editor as it was submitted', async () => {
  const user = await new_user();
  const files = [{ name: 'main.py', content: 'import lib\nprint(lib.text)' }, { name: 'lib.py', content: 'text = "from a file"' }];
  const done = await run(user.token, { files, entry: 'main.py', stdin: 'some input', args: ['two words'] });
  const { page, seen, context } = await open_as(browser, user, `/#/history/${done.execution_id}`);
  await page.getByRole('button', { name: 'Open in the editor' }).click();
  await page.getByLabel('Program, main.py').waitFor();
  assert.equal(await page.getByLabel('Program, main.py').inputValue(), files[0].content);
  assert.equal(await page.getByLabel('Arguments').inputValue(), '"two words"');
  assert.equal(await page.getByLabel('Input (stdin)').inputValue(), 'some input');
  assert_clean(seen);
  await context.close();
});

test('one that runs is followed to its end, and cancelled', async () => {
  const user = await new_user();
  const body = { language: 'python', code: 'import time\ntime.sleep(50)', limits: { wall_ms: 60_000 } };
  const { execution_id: id } = await call('POST', 'executions', { token: user.token, body });
  const { page, seen, context } = await open_as(browser, user, `/#/history/${id}`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('status').getByText('Cancelled').waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).waitFor();
  assert_clean(seen);
  await context.close();
});

test('output is text, whatever it holds', async () => {
  const user = await new_user();
  const hostile = '</pre><script>window.harmed = 1</script><img src=x onerror="window.harmed = 1">\u001b[31m\u202e';
  const done = await run(user.token, { code: `print(${JSON.stringify(hostile)})` });
  const { page, seen, context } = await open_as(browser, user, `/#/history/${done.execution_id}`);
  const shown = await page.getByRole('group', { name: 'Output', exact: true }).textContent();
  assert.ok(shown.startsWith('</pre><script>window.harmed = 1</script><img src=x'));
  // Neither the escape nor what turns the text around is left as it is.
  assert.doesNotMatch(shown, /[\u001b\u202e]/);
  assert.equal(await page.evaluate(() => window.harmed), undefined);
  assert_clean(seen);
  await context.close();
});

test('nothing yet, nothing there, and no server are told as such', async () => {
  const { page, context } = await open_as(browser, await new_user(), '/#/history');
  await page.getByText('Nothing has been run yet.').waitFor();
  await page.goto(`${page.url().replace(/#.*/, '')}#/history/01900000-0000-7000-8000-000000000000`);
  await page.getByText('There is no such execution.').waitFor();
  await context.setOffline(true);
  await page.getByRole('link', { name: 'History' }).first().click();
  await page.getByText('The history could not be loaded.').waitFor();
  await assert_presentable(page, 'history-offline');
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Nothing has been run yet.').waitFor();
  await context.close();
});
