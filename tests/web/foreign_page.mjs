// What pages of other sites can do to an instance on their visitor's machine, in a real browser: nothing. One is on an origin
// of its own, one has a name that leads to the instance itself, as after DNS rebinding.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { open_browser, url_of_stack } from './browser.mjs';

const stack = url_of_stack();
const marker = `foreign-${process.pid}-${Date.now()}`;
const program = JSON.stringify({ language: 'python', code: `print("${marker}")` });
let browser;
let site;

before(async () => {
  browser = await open_browser(['--host-resolver-rules=MAP *.example 127.0.0.1']);
  site = http.createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>Elsewhere</title><iframe name="target"></iframe>');
  });
  await new Promise((done) => { site.listen(0, '127.0.0.1', done); });
});

after(async () => {
  await browser?.close();
  site?.close();
});

/// Opens `url` and gives the page, and what the instance answered it from then on: "METHOD PATH STATUS".
async function visit(url) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  const answers = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    answers.push(`${response.request().method()} ${pathname} ${response.status()}`);
  });
  return { page, answers };
}

async function programs_with_marker() {
  const list = await (await fetch(`${stack}/v1/submissions`)).text();
  const { executions } = await (await fetch(`${stack}/api/v1/executions?limit=50`)).json();
  const sources = await Promise.all(executions.map(async ({ execution_id: id }) => (await fetch(`${stack}/api/v1/executions/${id}/submission`)).text()));
  return [list, ...sources].filter((text) => text.includes(marker)).length;
}

const connect = (address) => new Promise((done) => {
  const socket = new WebSocket(address);
  socket.onopen = () => done('open');
  socket.onerror = () => done('refused');
});

test('a page of another origin runs nothing and reads nothing, without a preflight or with one', async () => {
  const { page, answers } = await visit(`http://evil.example:${site.address().port}/`);
  for (const path of ['/v1/exec', '/api/v1/executions', '/execute', '/api/submit', '/api/v1/auth/token']) {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      await page.evaluate(([url, body, kind]) => fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body, headers: { 'Content-Type': kind } }),
        [stack + path, program, type]);
      assert.equal(answers.pop(), `POST ${path} 403`);
    }
    const read = await page.evaluate(([url, body]) => fetch(url, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
      .then(() => 'read', () => 'refused'), [stack + path, program]);
    assert.equal(read, 'refused');
  }
  for (const path of ['/v1/submissions', '/api/v1/executions', '/api/v1/stats', '/socket.io/?EIO=4&transport=polling'])
    assert.equal(await page.evaluate((url) => fetch(url).then(() => 'read', () => 'refused'), stack + path), 'refused', path);
  // A form without scripts: its text is a JSON document.
  const posted = page.waitForResponse(`${stack}/v1/exec`);
  await page.evaluate(([url, body]) => {
    const form = document.createElement('form');
    Object.assign(form, { action: url, method: 'POST', enctype: 'text/plain', target: 'target' });
    const field = document.createElement('input');
    field.name = `${body.slice(0, -1)},"x":"`;
    field.value = '"}';
    form.append(field);
    document.body.append(form);
    form.submit();
  }, [`${stack}/v1/exec`, program]);
  assert.equal((await posted).status(), 403);
  assert.equal(await page.evaluate(connect, `${stack.replace('http', 'ws')}/api/v1/live`), 'refused');
  assert.equal(await programs_with_marker(), 0);
});

test('a page whose name leads to the instance is of its own origin there, and is refused all the same', async () => {
  const rebound = `http://rebound.example:${new URL(stack).port}`;
  const { page } = await visit(`${rebound}/`);
  for (const [path, body] of [['/api/v1/executions', program], ['/v1/exec', program], ['/api/v1/executions', undefined], ['/v1/submissions', undefined],
    ['/socket.io/?EIO=4&transport=polling', undefined], ['/metrics', undefined], ['/health', undefined]]) {
    const status = await page.evaluate(async ([url, sent]) => (await fetch(url, sent && { method: 'POST', body: sent, headers: { 'Content-Type': 'application/json' } })).status, [path, body]);
    assert.equal(status, 421, path);
  }
  assert.equal(await page.evaluate(connect, `${rebound.replace('http', 'ws')}/api/v1/live`), 'refused');
  assert.equal(await programs_with_marker(), 0);
});

test('the page of the instance itself runs programs and talks to them', async () => {
  const { page } = await visit(`${stack}/`);
  const status = await page.evaluate(async (body) => (await fetch('/api/v1/executions', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })).status, program);
  assert.equal(status, 202);
  assert.equal(await page.evaluate(connect, `${stack.replace('http', 'ws')}/api/v1/live`), 'open');
  assert.ok(await programs_with_marker() > 0);
});
