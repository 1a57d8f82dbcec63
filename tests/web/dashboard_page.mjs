// The dashboard in a real browser, through the whole stack.
//   node dashboard_page.mjs     with RUNYARD_TEST_URL
import assert from 'node:assert/strict';
import { test, before, after } from 'node:test';
import { open_browser } from './browser.mjs';
import { assert_clean, assert_presentable, new_user, open_as, run } from './views.mjs';

let browser;
before(async () => { browser = await open_browser(); });
after(async () => { await browser?.close(); });

/// The value beneath a name.
const fact = (page, name) => page.locator('.facts > div', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) }).locator('dd');

test('figures and charts show what was run, and tables say the same', async () => {
  const user = await new_user();
  for (const code of ['print(1)', 'print(2)', 'raise SystemExit(1)']) await run(user.token, { code });
  const { page, seen, context } = await open_as(browser, user, '/#/dashboard');
  await fact(page, 'Executions').waitFor();
  assert.equal(await fact(page, 'Executions').textContent(), '3');
  assert.equal(await fact(page, 'Completed').textContent(), '66 %');
  assert.match(await fact(page, 'Workers').textContent(), /^[1-9]/);
  assert.match(await fact(page, 'Places in use').textContent(), /^\d+ of [1-9]/);
  // Throughput, running time, waiting time, queue, workers.
  await page.locator('.plot canvas').nth(4).waitFor();
  const outcomes = page.getByRole('row', { name: /Python/ });
  assert.match(await outcomes.textContent(), /2 completed, 1 failed/);
  await assert_presentable(page, 'dashboard');

  const throughput = page.locator('figure', { has: page.getByRole('heading', { name: 'Throughput' }) });
  await throughput.locator('summary').click();
  const rows = throughput.locator('tbody tr');
  await rows.first().waitFor();
  // In the hour's last minute they may fall into two.
  const cells = await rows.locator('td').allTextContents();
  assert.equal(cells.reduce((sum, one) => sum + Number(one), 0), 3);
  const times = page.locator('figure', { has: page.getByRole('heading', { name: 'Running time' }) });
  await times.locator('summary').click();
  assert.match(await times.locator('tbody td').first().textContent(), /\d m?s/);
  await assert_presentable(page, 'dashboard-tables');

  // Another range is asked for by minutes; it stands in the address.
  await page.getByLabel('Time', { exact: true }).selectOption('hour');
  await page.getByText('Executions in each minute.').waitFor();
  await page.reload();
  await page.getByText('Executions in each minute.').waitFor();
  assert_clean(seen);
  await context.close();
});

test('what runs now is seen as it changes', async () => {
  const user = await new_user();
  const { page, seen, context } = await open_as(browser, user, '/#/dashboard');
  await page.getByText('You ran nothing in this time.').waitFor();
  await assert_presentable(page, 'dashboard-nothing');
  await run(user.token, { code: 'print(1)' });
  // Asked again by itself.
  await fact(page, 'Executions').waitFor();
  assert.equal(await fact(page, 'Executions').textContent(), '1');
  assert_clean(seen);
  await context.close();
});

test('without a server the last figures stay, marked as old', async () => {
  const { page, context } = await open_as(browser, await new_user(), '/#/dashboard');
  await page.getByText('You ran nothing in this time.').waitFor();
  await context.setOffline(true);
  await page.getByText('These figures are not new any more.').waitFor();
  assert.match(await fact(page, 'Workers').textContent(), /^\d/);
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('These figures are not new any more.').waitFor({ state: 'detached' });
  await context.close();
});
