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
  // What the viewer has to say against the description, it writes above the operations.
  assert.equal(await page.locator('.errors-wrapper, .information-container .dialect-warning').count(), 0);
  assert.equal(await page.getByText('Warning', { exact: true }).count(), 0);
  assert.deepEqual(shown.sort(), operations.map((one) => `${one.method} ${one.path}`).sort());
  assert.deepEqual(seen, { foreign: [], violations: [], errors: [] });
  await page.close();
});

test('every operation unfolds and shows its answers', async () => {
  const page = await browser.newPage();
  const seen = watch_page(page, url);
  await page.goto(`${url}/docs/`);
  await page.waitForSelector('.opblock-summary');
  // One at a time: all of them together are thousands of elements, which nobody looks at either.
  for (const { id, definition } of operations) {
    const shown = await page.evaluate(async ([tag, name]) => {
      const block = document.getElementById(`operations-${tag}-${name}`);
      const control = block.querySelector('.opblock-summary-control');
      control.click();
      const table = () => block.querySelector('.responses-table');
      while (!table()) await new Promise(requestAnimationFrame);
      const statuses = [...table().querySelectorAll('tr.response')].map((row) => row.dataset.code);
      control.click();
      while (table()) await new Promise(requestAnimationFrame);
      return statuses;
    }, [definition.tags[0].replaceAll(' ', '_'), id]);
    assert.deepEqual(shown, Object.keys(definition.responses).sort(), id);
  }
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
