// What a compiler says, in the Run view. A file of its own: it needs a C or C++ compiler.
//   node compiler_page.mjs     with RUNYARD_TEST_URL
import assert from 'node:assert/strict';
import { test, before, after } from 'node:test';
import { open_browser } from './browser.mjs';
import { editor_ready, open_page, pane, program_of, run_to_end, url } from './page.mjs';

const kClean = { foreign: [], violations: [], errors: [] };
let browser;
before(async () => { browser = await open_browser(); });
after(async () => { await browser?.close(); });

test('what a compiler says is marked, and shown', async (t) => {
  const { languages } = await (await fetch(`${url}/api/v1/languages`)).json();
  const cpp = ['c', 'cpp'].map((id) => languages.find((one) => one.id === id)).find((one) => one?.available);
  if (!cpp) return t.skip('NOT_RUN: neither a C nor a C++ compiler is here');
  const program = program_of(cpp.id, cpp.file_name, 'int main(void) {\n  return missing;\n}\n');
  const { page, seen, context } = await open_page(browser, { program });
  await editor_ready(page);
  assert.equal(await run_to_end(page), 'The program does not compile');
  assert.match(await pane(page, 'compiler').textContent(), /missing/);
  assert.match(await page.locator('.diagnostics button').first().textContent(), new RegExp(`${cpp.file_name.replace('.', '\\.')}:2`));
  await page.locator('.squiggly-error').first().waitFor();
  assert.deepEqual(seen, kClean);
  await context.close();
});
