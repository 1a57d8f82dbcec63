// The page /docs in a real browser: it shows every operation of openapi.yaml, asks nobody but this server, and
// neither its Content-Security-Policy nor its script complains.
//   node docs_page.mjs     with RUNYARD_TEST_URL
import assert from 'node:assert/strict';
import { test, before, after } from 'node:test';
import { load_description, operations_of } from '../contract/description.mjs';
import { open_browser, watch_page, url_of_stack } from './browser.mjs';

const url = url_of_stack();
const operations = operations_of(load_description());
let browser;
before(async () => { browser = await open_browser(); });
after(async () => { await browser?.close(); });

test('the page shows every operation, from this server alone, without a complaint', async () => {
  const page = await browser.newPage();
  const seen = watch_page(page, url);
  await page.goto(`${url}/docs`);
  assert.equal(new URL(page.url()).pathname, '/docs/');
  await page.waitForSelector('.opblock-summary');
  const shown = await page.$$eval('.opblock', (blocks) => blocks.map((block) => {
    const path = block.querySelector('.opblock-summary-path').getAttribute('data-path');
    return `${block.querySelector('.opblock-summary-method').textContent} ${path}`;
  }));
  assert.deepEqual(shown.sort(), operations.map((one) => `${one.method} ${one.path}`).sort());
  assert.deepEqual(seen, { foreign: [], violations: [], errors: [] });
  await page.close();
});

test('every operation unfolds with its parameters, bodies and answers', async () => {
  const page = await browser.newPage();
  const seen = watch_page(page, url);
  await page.goto(`${url}/docs/`);
  await page.waitForSelector('.opblock-summary');
  for (const control of await page.$$('.opblock-summary-control')) await control.click();
  await page.waitForFunction((count) => document.querySelectorAll('.opblock.is-open .responses-table').length === count,
    operations.length);
  const answers = await page.$$eval('.opblock.is-open', (blocks) => blocks.map((block) =>
    [...block.querySelectorAll('.responses-table .response-col_status')].map((cell) => cell.textContent.trim())));
  const wanted = operations.flatMap((one) => Object.keys(one.definition.responses)).sort();
  assert.deepEqual(answers.flat().filter((status) => /^\d{3}/.test(status)).map((status) => status.slice(0, 3)).sort(), wanted);
  assert.deepEqual(seen, { foreign: [], violations: [], errors: [] });
  await page.close();
});

test('"Try it out" calls this server', async () => {
  const page = await browser.newPage();
  const seen = watch_page(page, url);
  await page.goto(`${url}/docs/#/Service/health`);
  const block = page.locator('#operations-Service-health');
  await block.locator('.try-out__btn').click();
  await block.locator('.execute').click();
  const status = block.locator('.live-responses-table .response-col_status').last();
  await status.waitFor();
  assert.match(await status.textContent(), /^200/);
  assert.match(await block.locator('.live-responses-table').textContent(), /"status": "UP"/);
  assert.deepEqual(seen, { foreign: [], violations: [], errors: [] });
  await page.close();
});
