// The page with outputs, names and descriptions that mean harm: nothing acts, nothing misleads, and the tab goes on. What the
// server would have to be driven to is answered in its place; the page, its headers and the browser are real.
//   node hostile_page.mjs     with RUNYARD_TEST_URL
import assert from 'node:assert/strict';
import { test, before, after } from 'node:test';
import { open_browser } from './browser.mjs';
import { open_page, pane, program_of, url } from './page.mjs';

const kClean = { foreign: [], violations: [], errors: [] };
const kId = '11111111-1111-4111-8111-111111111111';
const kMix = 'a\u05d0'.repeat(500_000);
const kMarks = `a${'\u0301'.repeat(1_000_000)}`;
const kExecution = {
  execution_id: kId, status: 'COMPLETED', stdout: '', stderr: '', execution_time: 5, reason: null, message: null, exit_code: 0, signal: null,
  cpu_time_ms: 3, memory_kb: 1000, stdout_truncated: false, stderr_truncated: false, compile: null, tests: [], score: null, artifacts: [],
  language: 'python', version: '3', queue_ms: 1, attempt: 1, sandbox: { isolation: 'reuse', reused: true, runtime: 'runc' },
  created_at: '2026-01-01T00:00:00Z', started_at: '2026-01-01T00:00:00Z', finished_at: '2026-01-01T00:00:00Z',
};
let browser;
before(async () => { browser = await open_browser(); });
after(async () => { await browser?.close(); });

function json(route, body, status = 200) {
  return route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) });
}

/// The page after a run that ended like this. A tab that hangs is noticed by the waiting for it.
async function page_after(execution, name = 'main.py') {
  const opened = await open_page(browser, { program: program_of('python', name, 'x'), plain: true });
  const { page } = opened;
  await page.route('**/api/v1/executions', (route) => json(route, { execution_id: kId, status: 'QUEUED' }, 202));
  await page.route(`**/api/v1/executions/${kId}*`, (route) => json(route, { ...kExecution, ...execution }));
  await page.route(`**/api/v1/executions/${kId}/events`, (route) => route.fulfill({ status: 204 }));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.locator('.run-status[data-phase=over]').waitFor();
  await drawn(page);
  return opened;
}

/// What is there has been laid out and drawn.
function drawn(page) {
  return page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
}

for (const [what, stdout] of Object.entries({ 'changes its direction with each letter': kMix, 'has a million accents over a letter': kMarks, 'has a million lines': '\n'.repeat(1_000_000) })) {
  test(`an output that ${what} leaves the tab alive`, { timeout: 60_000 }, async () => {
    const { page, seen, context } = await page_after({ stdout });
    assert.ok((await pane(page, 'stdout').textContent()).length > 100_000);
    assert.deepEqual(seen, kClean);
    await context.close();
  });
}

test('what a program writes in pieces is copied as it was written', async () => {
  const stdout = Array.from({ length: 2000 }, (_, line) => `line ${line}`).join('\n');
  const { page, context } = await page_after({ stdout });
  assert.equal(await pane(page, 'stdout').textContent(), stdout);
  const copied = await page.evaluate(() => {
    getSelection().selectAllChildren(document.querySelector('[data-pane=stdout]'));
    return getSelection().toString();
  });
  assert.equal(copied.trimEnd(), stdout);
  await context.close();
});

test('lines that a compiler\'s patterns stumble over, and pictures that use themselves, leave the tab alive', { timeout: 60_000 }, async () => {
  const nest = Array.from({ length: 8 }, (_, at) => `<g id="a${at + 1}">${`<use href="#a${at}"/>`.repeat(10)}</g>`).join('');
  const content = `<svg xmlns="http://www.w3.org/2000/svg"><defs><rect id="a0" width="1" height="1"/>${nest}</defs><use href="#a8"/></svg>`;
  const { page, seen, context } = await page_after({
    status: 'FAILED', reason: 'RUNTIME_ERROR', exit_code: 1, stderr: `error: ${' '.repeat(1990)}x\n`.repeat(5000), artifacts: [{ name: 'a.svg', encoding: 'utf8', content }],
  });
  await page.getByText('would hold up the page').waitFor();
  assert.equal(await page.locator('.run-artifacts img').count(), 0);
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('names turn no text around them, and a download is called what it is', async () => {
  const name = 'photo\u202egnp.exe';
  const { page, seen, context } = await page_after({ artifacts: [{ name, encoding: 'utf8', content: '<script>alert(1)</script>' }] });
  assert.match(await page.locator('.run-artifacts li').textContent(), /photo⟨U\+202E⟩gnp\.exe/);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.run-artifacts button').first().click()]);
  assert.equal(download.suggestedFilename(), 'photo_gnp.exe');
  assert.deepEqual(seen, kClean);
  await context.close();
});

for (const [what, content] of Object.entries({ direction: 'a\u05d0'.repeat(900_000), accents: `a${'\u0301'.repeat(1_500_000)}` })) {
  test(`a program that came with a link and is all ${what} does not hold up this visit or the next`, { timeout: 90_000 }, async () => {
    const { page, seen, context } = await open_page(browser, { program: program_of('__proto__', 'x.constructor', content, { stdin: content }) });
    await page.locator('.monaco-editor .view-lines').first().waitFor();
    await page.reload();
    await page.locator('.monaco-editor .view-lines').first().waitFor();
    await page.getByText('too intricate').first().waitFor();
    await page.getByRole('button', { name: 'Empty it' }).click();
    await page.getByLabel('Input (stdin)').waitFor();
    assert.deepEqual(seen.errors, []);
    await context.close();
  });
}

/// A console whose server is here: it says `text`, and keeps what it is told.
async function console_with(text) {
  const opened = await open_page(browser, { program: program_of('python', 'main.py', 'x', { mode: 'console' }), plain: true });
  const { page } = opened;
  const typed = [];
  await page.routeWebSocket(/\/api\/v1\/live$/, (socket) => {
    socket.onMessage((message) => {
      const heard = JSON.parse(message);
      if (heard.type === 'stdin') typed.push(heard.data);
      if (heard.type !== 'run') return;
      socket.send(JSON.stringify({ type: 'started', execution_id: kId }));
      socket.send(JSON.stringify({ type: 'output', id: 1, stream: 'stdout', data: text }));
      socket.send(JSON.stringify({ type: 'output', id: 2, stream: 'stdout', data: '\r\n\u001b[0mthe end\r\n' }));
    });
  });
  await page.route(`**/api/v1/executions/${kId}/cancel`, (route) => json(route, {}));
  // Sockets are those of a document that was opened afterwards.
  await page.reload();
  await page.locator('.xterm-rows').waitFor();
  // What the first one was still loading.
  opened.seen.errors.length = 0;
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForFunction(() => /the.end|is.not.shown.here/.test(document.querySelector('.xterm-rows').textContent));
  return { ...opened, typed };
}

const kCommands = {
  'repeats a letter two thousand million times': 'a\u001b[2147483647b',
  'repeats a letter a thousand times, very often': `a${'\u001b[1000b'.repeat(200_000)}`,
  'scrolls two thousand million lines': '\u001b[2147483647S\u001b[2147483647T',
  'inserts and deletes as many': '\u001b[2147483647L\u001b[2147483647M',
  'goes over as many tabs': '\u001b[2147483647I\u001b[2147483647Z',
  'resets the terminal a million times': '\u001bc'.repeat(1_000_000),
  'has a million accents over a letter': kMarks,
  'has one line of two million letters': 'x'.repeat(2_000_000),
};
for (const [what, text] of Object.entries(kCommands)) {
  test(`a console whose program ${what} goes on`, { timeout: 60_000 }, async () => {
    const { seen, context } = await console_with(text);
    assert.deepEqual(seen.errors, []);
    await context.close();
  });
}

test('a program that asks the terminal without end is answered to a bound', { timeout: 60_000 }, async () => {
  const { typed, context } = await console_with('\u001b[6n\u001b[c\u001b[5n'.repeat(20_000));
  assert.ok(typed.length > 0 && typed.length <= 1000, String(typed.length));
  await context.close();
});

test('an answer to the description of the interface comes from here, whatever the address asks for', async () => {
  const { page, seen, context } = await open_page(browser, { path: '/docs/?url=https://evil.example/x.yaml&configUrl=https://evil.example/c.json&urls.primaryName=x' });
  await page.locator('.info .title').waitFor();
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('no answer of the page or its server can be framed, or taken for a page', async () => {
  for (const path of ['/', '/index.html', '/docs', '/docs/', '/docs/nope', '/assets/nope.js', '/favicon.svg', '/nope', '/api/v1/nope', '/api/v1/openapi.yaml', '/socket.io/?EIO=4&transport=polling']) {
    const { headers } = await fetch(url + path, { redirect: 'manual', headers: { Accept: 'text/html' } });
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/, path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
  }
});
