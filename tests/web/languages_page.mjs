// One language after another in the Run view. A file of its own: it needs two of them.
//   node languages_page.mjs     with RUNYARD_TEST_URL
import assert from 'node:assert/strict';
import { test, before, after } from 'node:test';
import { open_browser } from './browser.mjs';
import { open_page, pane, program_of, run_to_end } from './page.mjs';

const kClean = { foreign: [], violations: [], errors: [] };
let browser;
before(async () => { browser = await open_browser(); });
after(async () => { await browser?.close(); });

test('each language has its sample, and what was written in one is there when one comes back to it', async (t) => {
  const { page, seen, context } = await open_page(browser, { plain: true, program: program_of('python', 'main.py', 'print("mine")\n') });
  const { languages } = await page.evaluate(async () => (await fetch('api/v1/languages')).json());
  const other = languages.find(({ id, available }) => available && id !== 'python');
  if (!other) {
    await context.close();
    return t.skip('NOT_RUN: only Python is here');
  }
  const menu = page.getByLabel('Language');
  await menu.locator('option').nth(languages.length - 1).waitFor({ state: 'attached' });
  assert.equal(await menu.locator('option').count(), languages.length);
  const field = page.locator('.code-editor-field');
  await menu.selectOption(other.id);
  assert.equal(await field.inputValue(), other.sample);
  assert.equal(await page.getByLabel('Version').inputValue(), other.version);
  assert.equal(await run_to_end(page), 'Finished');
  assert.match(await pane(page, 'stdout').textContent(), /Hello/);
  await menu.selectOption('python');
  assert.equal(await field.inputValue(), 'print("mine")\n');
  await page.getByRole('button', { name: 'Sample' }).click();
  assert.equal(await field.inputValue(), languages.find(({ id }) => id === 'python').sample);
  await page.getByRole('button', { name: 'Bring it back' }).click();
  assert.equal(await field.inputValue(), 'print("mine")\n');
  assert.deepEqual(seen, kClean);
  await context.close();
});
