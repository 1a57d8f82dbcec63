// The Run view in a real browser, through the whole stack.
//   node run_page.mjs     with RUNYARD_TEST_URL
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { test, before, after } from 'node:test';
import { open_browser } from './browser.mjs';
import {
  assert_accessible, assert_no_sideways_scroll, editor_ready, end_of_run, keep_picture, open_page, pane, program_of, run_to_end, url,
} from './page.mjs';

const kClean = { foreign: [], violations: [], errors: [] };
let browser;
before(async () => { browser = await open_browser(); });
after(async () => { await browser?.close(); });

test('a program is written and run: output, time, memory and exit code are shown, and it is kept across a reload', async () => {
  const { page, seen, context } = await open_page(browser);
  await editor_ready(page);
  assert.equal(await page.getByLabel('Language').inputValue(), 'python');
  await page.locator('.monaco-editor').first().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('import sys; print("Hello from the page"); print("and an error", file=sys.stderr)');
  await page.keyboard.press('Control+Enter');
  assert.equal(await end_of_run(page), 'Finished');
  assert.equal(await pane(page, 'stdout').textContent(), 'Hello from the page\n');
  assert.equal(await pane(page, 'stderr').textContent(), 'and an error\n');
  const facts = await page.locator('.run-facts').textContent();
  assert.match(facts, /Time\d+(\.\d+)? m?s/);
  assert.match(facts, /Memory[\d.]+ [KM]iB/);
  assert.match(facts, /Exit code0/);
  await assert_accessible(page);
  await keep_picture(page, 'run');
  await page.reload();
  await editor_ready(page);
  await page.waitForFunction(() => document.querySelector('.view-lines')?.textContent.includes('Hello'));
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('what is typed quickly arrives as it was typed, and can be undone', async () => {
  const { page, seen, context } = await open_page(browser, { program: program_of('python', 'main.py', '') });
  await editor_ready(page);
  await page.locator('.monaco-editor').first().click();
  const typed = `# ${'the quick brown fox jumps over the lazy dog, '.repeat(8)}end`;
  await page.keyboard.type(typed);
  // Two keys within one frame.
  await page.evaluate(() => {
    for (const letter of 'xyz') document.execCommand('insertText', false, letter);
  });
  await page.waitForFunction((wanted) => document.querySelector('.view-lines').textContent.replace(/\u00a0/g, ' ').endsWith(wanted), 'dog, endxyz');
  await page.waitForFunction((wanted) => JSON.parse(localStorage.getItem('runyard.program')).files[0].content === wanted, `${typed}xyz`);
  await page.keyboard.press('Control+Z');
  await page.waitForFunction((wanted) => JSON.parse(localStorage.getItem('runyard.program')).files[0].content !== wanted, `${typed}xyz`);
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('arguments and input reach the program', async () => {
  const program = program_of('python', 'main.py', 'import sys\nprint(sys.argv[1:], input())\n');
  const { page, seen, context } = await open_page(browser, { program });
  await page.getByLabel('Arguments').fill('one "two words"');
  await page.getByLabel('Input (stdin)').fill('typed before\n');
  assert.equal(await run_to_end(page), 'Finished');
  assert.equal(await pane(page, 'stdout').textContent(), "['one', 'two words'] typed before\n");
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('files are added, renamed, chosen to start with, and deleted', async () => {
  const program = program_of('python', 'main.py', 'import lib\nprint(lib.name)\n');
  const { page, seen, context } = await open_page(browser, { program, plain: true });
  await page.getByRole('button', { name: 'Add a file' }).click();
  await page.getByLabel('Name').fill('../x');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  assert.match(await page.getByRole('alert').textContent(), /Folders/);
  await page.getByLabel('Name').fill('library.py');
  await page.keyboard.press('Enter');
  await page.getByLabel('Program, library.py').fill('name = "from the library"\n');
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByLabel('Name').fill('lib.py');
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'lib.py' }).waitFor();
  assert.equal(await run_to_end(page), 'Finished');
  assert.equal(await pane(page, 'stdout').textContent(), 'from the library\n');
  await page.getByLabel('Starts with').selectOption('lib.py');
  assert.equal(await run_to_end(page), 'Finished');
  await page.getByText('The program wrote nothing.').waitFor();
  await page.getByRole('tab', { name: 'lib.py' }).focus();
  await page.keyboard.press('ArrowLeft');
  assert.equal(await page.getByRole('tab', { name: 'main.py' }).getAttribute('aria-selected'), 'true');
  await page.getByRole('button', { name: 'Delete main.py' }).click();
  assert.deepEqual(await page.getByRole('tab').allTextContents(), ['lib.py']);
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('a mistake is marked at its line in the editor, and the list leads there', async () => {
  const program = program_of('python', 'main.py', 'a = 1\nb = 2\n  c = = 3\n');
  const { page, seen, context } = await open_page(browser, { program });
  await editor_ready(page);
  assert.match(await run_to_end(page), /exit code 1/);
  await page.locator('.squiggly-error').first().waitFor();
  const entry = page.locator('.diagnostics button').first();
  assert.match(await entry.textContent(), /main\.py:3/);
  await entry.click();
  await page.waitForFunction(() => document.querySelector('.line-numbers.active-line-number')?.textContent === '3');
  await assert_accessible(page);
  await keep_picture(page, 'run-error');
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('output is text: tags, escapes and what turns the direction do nothing', async () => {
  const text = '</script><script>document.title="taken"</script><img src=x onerror="document.title=1">';
  const program = program_of('python', 'main.py', `print(${JSON.stringify(text)})\nprint("\\x1b[31mred\\x1b]8;;http://x.example/\\x07link\\x07\\u202eback\\0")\n`);
  const { page, seen, context } = await open_page(browser, { program });
  assert.equal(await run_to_end(page), 'Finished');
  assert.equal(await pane(page, 'stdout').textContent(), `${text}\n␛[31mred␛]8;;http://x.example/␇link␇⟨U+202E⟩back␀\n`);
  assert.equal(await pane(page, 'stdout').locator('*').count(), 0);
  assert.equal(await page.title(), 'Run · Runyard');
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('a flood of output is cut where it is shown, and can be taken whole', async () => {
  const program = program_of('python', 'main.py', 'import sys\nfor n in range(10**9): sys.stdout.write("x" * 999 + "\\n")\n');
  const { page, seen, context } = await open_page(browser, { program });
  assert.match(await run_to_end(page), /wrote more than it may|took too long/);
  assert.ok((await pane(page, 'stdout').textContent()).length <= 200_000);
  await page.getByText('The output was cut at its limit').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download the output' }).click()]);
  assert.match(readFileSync(await download.path(), 'utf8'), /^x{999}\n/);
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('a running program is stopped', async () => {
  const program = program_of('python', 'main.py', 'import time\nprint("begun", flush=True)\nwhile True: time.sleep(1)\n');
  const { page, seen, context } = await open_page(browser, { program });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('[data-pane=stdout]')?.textContent === 'begun\n');
  await page.getByRole('button', { name: 'Stop' }).click();
  assert.equal(await end_of_run(page), 'Stopped');
  await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('leaving the page ends its run', async () => {
  const program = program_of('python', 'main.py', 'import time\nprint("begun", flush=True)\nwhile True: time.sleep(1)\n');
  const { page, context } = await open_page(browser, { program });
  const submitted = page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.url().endsWith('/executions'));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const { execution_id } = await (await submitted).json();
  await page.waitForFunction(() => document.querySelector('[data-pane=stdout]')?.textContent === 'begun\n');
  await page.goto('about:blank');
  const { status } = await (await fetch(`${url}/api/v1/executions/${execution_id}?wait=20`)).json();
  assert.equal(status, 'CANCELLED');
  await context.close();
});

test('the server is restarted while a program runs: the page goes on where it was', async () => {
  const program = program_of('python', 'main.py', 'import time\nprint("begun", flush=True)\ntime.sleep(6)\nprint("ended")\n');
  const { page, context } = await open_page(browser, { program });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('[data-pane=stdout]')?.textContent === 'begun\n');
  process.kill(Number(readFileSync(join(process.env.RUNYARD_TEST_STACK, 'service/api/supervise/pid'), 'utf8')), 'SIGTERM');
  assert.equal(await end_of_run(page), 'Finished');
  assert.equal(await pane(page, 'stdout').textContent(), 'begun\nended\n');
  await context.close();
});

test('the page works below a prefix of another site', async () => {
  const stack = new URL(url);
  const site = createServer((incoming, answer) => {
    if (!incoming.url.startsWith('/code/')) return answer.writeHead(404).end();
    const { method, headers } = incoming;
    const asked = request({ host: stack.hostname, port: stack.port, path: incoming.url.slice('/code'.length), method, headers }, (got) => {
      answer.writeHead(got.statusCode, got.headers);
      got.pipe(answer);
    });
    asked.on('error', () => answer.destroy());
    return incoming.pipe(asked);
  });
  await new Promise((listening) => site.listen(0, '127.0.0.1', listening));
  const { page, context } = await open_page(browser, { program: program_of('python', 'main.py', 'print("below")\n') });
  await page.goto(`http://127.0.0.1:${site.address().port}/code/`);
  await editor_ready(page);
  assert.equal(await run_to_end(page), 'Finished');
  assert.equal(await pane(page, 'stdout').textContent(), 'below\n');
  await context.close();
  site.closeAllConnections();
  site.close();
});

test('pictures that a program makes are shown, other files are downloads', async () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const program = program_of('python', 'main.py',
    `import base64\nopen("dot.png", "wb").write(base64.b64decode("${png}"))\nopen("page.html", "w").write("<script>1</script>")
open("dot.svg", "w").write('<svg xmlns="http://www.w3.org/2000/svg" width="3" height="3"/>')\n`,
    { artifacts: 'dot.png, dot.svg, page.html' });
  const { page, seen, context } = await open_page(browser, { program });
  assert.equal(await run_to_end(page), 'Finished');
  const picture = page.getByAltText('The picture dot.png');
  await picture.waitFor();
  await page.waitForFunction(() => document.querySelector('.run-artifacts img')?.naturalWidth === 1);
  const drawing = page.getByAltText('The picture dot.svg');
  assert.match(await drawing.getAttribute('src'), /^data:image\/svg/);
  assert.equal(await drawing.evaluate((one) => one.decode().then(() => one.naturalWidth)), 3);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download page.html' }).click()]);
  assert.equal(download.suggestedFilename(), 'page.html');
  assert.equal(readFileSync(await download.path(), 'utf8'), '<script>1</script>');
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('a shared link opens the program elsewhere, without running it, and what was there can be brought back', async () => {
  const program = program_of('python', 'main.py', 'print("grüße 🚀")\n', { args: 'x' });
  const first = await open_page(browser, { program });
  await first.page.getByRole('button', { name: 'Share' }).click();
  const link = await first.page.locator('.share input').inputValue();
  assert.match(link, /#\/run\/z/);
  await first.context.close();

  const own = program_of('python', 'main.py', 'print("my own")\n');
  const { page, seen, context } = await open_page(browser, { program: own, plain: true, path: link.slice(url.length) });
  await page.waitForFunction(() => document.querySelector('.code-editor-field')?.value.includes('grüße'));
  assert.equal(await page.getByLabel('Arguments').inputValue(), 'x');
  assert.equal(await page.locator('.run-status').getAttribute('data-phase'), 'idle');
  assert.equal(new URL(page.url()).hash, '#/');
  await page.getByRole('button', { name: 'Bring it back' }).click();
  await page.waitForFunction(() => document.querySelector('.code-editor-field')?.value.includes('my own'));
  await page.goto(`${url}/#/run/zNothing`);
  await page.getByText('This link holds no program').waitFor();
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('Escape leaves the editor, and everything is reached by the keyboard', async () => {
  const { page, seen, context } = await open_page(browser, { program: program_of('python', 'main.py', 'print(1)\n') });
  await editor_ready(page);
  await page.locator('.monaco-editor').first().click();
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'run-button');
  await page.keyboard.press('Enter');
  assert.equal(await end_of_run(page), 'Finished');
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('a phone: nothing is wider than the window, and a program runs', async () => {
  for (const dark of [false, true]) {
    const { page, seen, context } = await open_page(browser, { width: 375, height: 720, dark, program: program_of('python', 'main.py', 'print("x" * 500)\n') });
    await editor_ready(page);
    await assert_no_sideways_scroll(page);
    assert.equal(await run_to_end(page), 'Finished');
    await assert_no_sideways_scroll(page);
    await assert_accessible(page);
    await keep_picture(page, dark ? 'run-phone-dark' : 'run-phone');
    assert.deepEqual(seen, kClean);
    await context.close();
  }
});

test('dark colours pass axe-core on a wide window, too', async () => {
  const { page, seen, context } = await open_page(browser, { dark: true, program: program_of('python', 'main.py', 'import sys\nprint(1)\nprint(2, file=sys.stderr)\nx = = 1\n') });
  await editor_ready(page);
  await run_to_end(page);
  await assert_accessible(page);
  await keep_picture(page, 'run-dark');
  assert.deepEqual(seen, kClean);
  await context.close();
});

test('without a server the page says so, keeps the program and goes on by itself', async () => {
  const { page, context } = await open_page(browser, { program: program_of('python', 'main.py', 'print("back")\n') });
  await editor_ready(page);
  await context.setOffline(true);
  await page.getByText('The server cannot be reached. What you write').waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('The program was not run to its end.').waitFor();
  await keep_picture(page, 'run-offline');
  await context.setOffline(false);
  await page.getByText('The server cannot be reached. What you write').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Try again' }).click();
  assert.equal(await end_of_run(page), 'Finished');
  assert.equal(await pane(page, 'stdout').textContent(), 'back\n');
  await context.close();
});

test('the first load, before the editor, is below 400 KB', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send('Network.enable');
  const names = new Map();
  const sizes = new Map();
  client.on('Network.responseReceived', ({ requestId, response }) => names.set(requestId, response.url));
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
  await page.goto(url);
  await editor_ready(page);
  const all = [...names].map(([id, name]) => ({ name: name.slice(url.length), size: sizes.get(id) ?? 0 }));
  const first = all.filter(({ name }) => !/monaco|editor|codicon|contribution|\/(python|terminal)-/.test(name));
  const sum = first.reduce((total, { size }) => total + size, 0);
  assert.ok(first.some(({ name }) => /\/index-.*\.js$/.test(name)), JSON.stringify(all));
  assert.ok(sum < 400_000, JSON.stringify(first));
  await context.close();
});
