// The Run view's console in a real browser: programs that are typed into while they run, through nginx, the gateway, the
// database and the worker.
//   node console_page.mjs     with RUNYARD_TEST_URL and RUNYARD_TEST_STACK
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, before, after } from 'node:test';
import { open_browser } from './browser.mjs';
import { assert_accessible, assert_no_sideways_scroll, end_of_run, keep_picture, open_page, program_of, url } from './page.mjs';

const kClean = { foreign: [], violations: [], errors: [] };
let browser;
before(async () => { browser = await open_browser(); });
after(async () => { await browser?.close(); });

async function open_console(code, more = {}) {
  const program = program_of('python', 'main.py', code, { mode: 'console' });
  const opened = await open_page(browser, { program, plain: true, ...more });
  await opened.page.locator('.xterm-rows').waitFor();
  return opened;
}

/// The console shows this.
function shows(page, text) {
  return page.waitForFunction((wanted) => [...document.querySelectorAll('.xterm-rows > div')]
    .map((row) => row.textContent.replace(/\u00a0/g, ' ').trimEnd()).join('\n').includes(wanted), text);
}

/// Runs, and waits for the prompt that proves that the program reads.
async function start(page, prompt) {
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await shows(page, prompt);
}

test('a prompt appears without a flush, what is typed is echoed and answered', async () => {
  const { page, seen, context } = await open_console('name = input("Your name? ")\nprint(f"Hello, {name}!")\n');
  await start(page, 'Your name?');
  // Who runs a console types into it next.
  await page.keyboard.type('Ada');
  await shows(page, 'Your name? Ada');
  await page.keyboard.press('Enter');
  await shows(page, 'Hello, Ada!');
  assert.equal(await end_of_run(page), 'Finished');
  await assert_accessible(page);
  await keep_picture(page, 'console');
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('it is a terminal of the size that is shown; Ctrl+C interrupts, Ctrl+D ends the input', async () => {
  const code = [
    'import os, sys, time',
    'print("tty", sys.stdin.isatty(), "columns", os.get_terminal_size().columns)',
    'try:',
    '    print("wait")',
    '    time.sleep(50)',
    'except KeyboardInterrupt:',
    '    print("interrupted")',
    'print("rest", repr(sys.stdin.read()))',
  ].join('\n');
  const { page, seen, context } = await open_console(code);
  await start(page, 'wait');
  await shows(page, 'tty True columns');
  await page.keyboard.press('Control+C');
  await shows(page, 'interrupted');
  await page.keyboard.type('abc');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'End of input' }).click();
  await shows(page, 'rest \'abc\\n\'');
  assert.equal(await end_of_run(page), 'Finished');
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('commands to the terminal do nothing beyond its text', async () => {
  const code = 'print("\\x1b]0;taken\\x07\\x1b]8;;https://x.example/\\x07link\\x1b]8;;\\x07 \\x1b]52;c;dGFrZW4=\\x07</script><b>bold</b>")\n';
  const { page, seen, context } = await open_console(code);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  assert.equal(await end_of_run(page), 'Finished');
  await shows(page, 'link </script><b>bold</b>');
  assert.equal(await page.title(), 'Run · Runyard');
  assert.equal(await page.locator('.console a, .console b, .console script').count(), 0);
  await page.locator('.xterm-rows').getByText('link').first().hover();
  assert.equal(await page.locator('.xterm-cursor-pointer').count(), 0);
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('Shift and Tab leave the console, Stop ends the program', async () => {
  const { page, seen, context } = await open_console('input("> ")\n');
  await start(page, '>');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.closest('.console-place')), null);
  await page.getByRole('button', { name: 'Stop' }).click();
  assert.equal(await end_of_run(page), 'Stopped');
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('a program has time to be typed into, and what it asked the terminal is answered once, also after another view', async () => {
  const { page, seen, context } = await open_console('line = input("\\x1b[cready? ")\nprint("escapes", line.count("\\x1b"))\n');
  const sent = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(JSON.parse(payload))));
  await start(page, 'ready?');
  assert.equal(sent.find(({ type }) => type === 'run').limits.wall_ms, 300_000);
  await page.waitForFunction(() => document.querySelector('.xterm-rows').textContent.includes('^[[?1;2c'));
  await page.getByRole('link', { name: 'History' }).first().click();
  await page.getByRole('heading', { name: 'History' }).waitFor();
  await page.getByRole('link', { name: 'Run', exact: true }).click();
  await shows(page, 'ready?');
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.press('Enter');
  await shows(page, 'escapes 1');
  assert.equal(await end_of_run(page), 'Finished');
  assert.equal(sent.filter(({ type, data }) => type === 'stdin' && data.includes('\u001b[?')).length, 1);
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('a program that the server refuses is told as such', async () => {
  const { page, context } = await open_console('print(1)\n');
  await page.evaluate(() => {
    const program = JSON.parse(localStorage.getItem('runyard.program'));
    localStorage.setItem('runyard.program', JSON.stringify({ ...program, language: 'cobolx' }));
    // Else the page keeps its own on leaving.
    addEventListener('pagehide', () => localStorage.setItem('runyard.program', JSON.stringify({ ...program, language: 'cobolx' })));
  });
  await page.reload();
  await page.locator('.xterm-rows').waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText(/not a known language/).waitFor();
  await context.close();
});

test('the server is restarted while a program waits: the page connects again, says so, and nothing is lost', async () => {
  const { page, context } = await open_console('first = input("first? ")\nsecond = input("second? ")\nprint(first + second)\n');
  await start(page, 'first?');
  await page.keyboard.type('one');
  await page.keyboard.press('Enter');
  await shows(page, 'second?');
  process.kill(Number(readFileSync(join(process.env.RUNYARD_TEST_STACK, 'service/gateway/supervise/pid'), 'utf8')), 'SIGKILL');
  await page.getByText(/The connection was lost|connected again/).waitFor();
  await page.getByText(/connected again; nothing was lost/).waitFor();
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type('two');
  await page.keyboard.press('Enter');
  await shows(page, 'onetwo');
  assert.equal(await end_of_run(page), 'Finished');
  await context.close();
});

test('leaving the page ends its program', async () => {
  const { page, context } = await open_console('input("> ")\n');
  const heard = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(JSON.parse(payload))));
  await start(page, '>');
  const { execution_id } = heard.find(({ type }) => type === 'started');
  await page.goto('about:blank');
  const { status } = await (await fetch(`${url}/api/v1/executions/${execution_id}?wait=20`)).json();
  assert.equal(status, 'CANCELLED');
  await context.close();
});

test('a phone has the console, too', async () => {
  const { page, seen, context } = await open_console('print("Hello, " + input("> "))\n', { width: 375, height: 720, dark: true });
  await start(page, '>');
  await page.keyboard.type('you');
  await page.keyboard.press('Enter');
  await shows(page, 'Hello, you');
  await end_of_run(page);
  await assert_no_sideways_scroll(page);
  await assert_accessible(page);
  await keep_picture(page, 'console-phone-dark');
  assert.deepEqual(seen, kClean);
  await context.close();
});
