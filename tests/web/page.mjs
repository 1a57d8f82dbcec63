// What tests of the page at / share: opening it, writing into its editor, looking for what axe-core finds, pictures.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watch_page, url_of_stack } from './browser.mjs';

export const url = url_of_stack();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/// A page of a visitor of its own, who was never here. `program` is what that visitor wrote before, `token` what signs
/// that visitor in when the page is first opened.
export async function open_page(browser, { path = '/', width = 1280, height = 900, program = null, token = null, dark = false, plain = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', acceptDownloads: true });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const seen = watch_page(page, url);
  if (program) {
    await context.addInitScript((text) => {
      if (localStorage.getItem('runyard.program') === null) localStorage.setItem('runyard.program', text);
    }, JSON.stringify(program));
  }
  if (token) {
    await context.addInitScript((text) => {
      if (sessionStorage.getItem('test.signed_in') !== null) return;
      sessionStorage.setItem('test.signed_in', 'yes');
      localStorage.setItem('runyard.token', text);
    }, token);
  }
  if (plain) await context.addInitScript(() => localStorage.setItem('runyard.plain_editor', 'yes'));
  await page.goto(url + path);
  return { context, page, seen };
}

export function program_of(language, name, content, more = {}) {
  return { language, files: [{ name, content }], entry: name, ...more };
}

/// The editor has taken the place of the plain field.
export async function editor_ready(page) {
  await page.locator('.monaco-editor .view-lines').first().waitFor();
}

/// Clicks Run and waits for the end; gives the sentence about it.
export async function run_to_end(page, timeout = 60_000) {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  return end_of_run(page, timeout);
}

export async function end_of_run(page, timeout = 60_000) {
  const status = page.locator('.run-status');
  await page.locator('.run-status:is([data-phase=over],[data-phase=refused])').waitFor({ timeout });
  return status.textContent();
}

export function pane(page, name) {
  return page.locator(`[data-pane=${name}]`);
}

/// Nothing that axe-core calls serious or critical.
export async function assert_accessible(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')}`);
  });
  assert.deepEqual(found, []);
}

/// Nothing is wider than the window.
export async function assert_no_sideways_scroll(page) {
  const { scroll, client } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
  assert.ok(scroll <= client, `the page is ${scroll} wide in a window of ${client}`);
}

/// Kept with the stack's state, for who wants to look.
export async function keep_picture(page, name) {
  const folder = join(process.env.RUNYARD_TEST_STACK ?? tmpdir(), 'screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
