import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api_url, live_url } from '../src/api/base';
import { ApiError, describe_error, parse_problem } from '../src/api/errors';
import { link_to, parse_route } from '../src/lib/route';
import { run_outcome } from '../src/run/run_outcome';
import { retry_delay } from '../src/lib/retry';
import { SseParser } from '../src/run/sse_parser';

test('addresses of the server stand below the page\'s own', () => {
  assert.equal(api_url('http://localhost:8080/', 'executions', { wait: 5, status: '', none: undefined }), 'http://localhost:8080/api/v1/executions?wait=5');
  assert.equal(api_url('https://site.example/code/index.html#/history?x=1', '/stats'), 'https://site.example/code/api/v1/stats');
  assert.equal(live_url('https://site.example/code/#/'), 'wss://site.example/code/api/v1/live');
  assert.equal(live_url('http://localhost:8080/'), 'ws://localhost:8080/api/v1/live');
});

test('routes', () => {
  assert.deepEqual(parse_route('')?.view, 'run');
  assert.deepEqual(parse_route('#/')?.view, 'run');
  assert.deepEqual(parse_route('#/problems/a%2Fb')?.params, ['a/b']);
  assert.equal(parse_route('#/history?status=FAILED')?.query.get('status'), 'FAILED');
  assert.equal(parse_route('#/nothing'), null);
  assert.equal(parse_route('#/run/%E0%A4%A')?.params[0], '%E0%A4%A');
  assert.equal(link_to('run'), '#/');
  assert.equal(link_to('problems', ['a/b']), '#/problems/a%2Fb');
  assert.equal(link_to('history', [], { status: 'FAILED', language: '' }), '#/history?status=FAILED');
});

test('problems are told by their fields, else by their sentence', () => {
  const body = { title: 'x', detail: 'some fields are wrong', errors: [{ field: 'language', message: 'is unknown' }, 7] };
  const problem = parse_problem(422, body);
  assert.equal(describe_error(new ApiError(422, problem)), 'language: is unknown');
  assert.equal(describe_error(new ApiError(429, parse_problem(429, { detail: 'too many' }), 7)), 'too many (again in 7 s)');
  assert.equal(describe_error(new ApiError(502, parse_problem(502, '<html>'))), 'the server answered 502');
  assert.equal(parse_problem(404, { message: 'No query results' })?.detail, 'No query results');
});

test('server-sent events, in any pieces', () => {
  const stream = ': hello\nid: 1\nevent: stdout\ndata: {"data":"a"}\n\nevent: status\r\ndata: x\r\ndata: y\r\n\r\nid: 3\rdata:z\r\r\n';
  const wanted = [
    { event: 'stdout', data: '{"data":"a"}', id: '1' }, { event: 'status', data: 'x\ny', id: '1' }, { event: 'message', data: 'z', id: '3' },
  ];
  for (const size of [1, 2, 3, 7, 1000]) {
    const parser = new SseParser();
    const events = [];
    for (let at = 0; at < stream.length; at += size) events.push(...parser.feed(stream.slice(at, at + size)));
    assert.deepEqual(events, wanted, `pieces of ${size}`);
  }
});

test('an event without data is none, and an unfinished one waits', () => {
  const parser = new SseParser();
  assert.deepEqual(parser.feed('event: end\n\ndata: 1\n'), []);
  assert.deepEqual(parser.feed('\n'), [{ event: 'message', data: '1', id: '' }]);
});

test('tries come further apart, up to a bound', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 50].map(retry_delay), [500, 1000, 2000, 4000, 5000, 5000]);
});

test('outcomes in words', () => {
  const told = { status: 'FAILED', reason: 'RUNTIME_ERROR', message: null, exit_code: null, signal: 11 } as const;
  assert.equal(run_outcome(told).title, 'The program was ended by SIGSEGV');
  assert.equal(run_outcome({ ...told, signal: null, exit_code: 3 }).title, 'The program ended with exit code 3');
  assert.deepEqual(run_outcome({ ...told, status: 'TIMEOUT', reason: 'WALL_TIME', message: '10 s' }), { title: 'The program took too long', detail: '10 s', tone: 'bad' });
  assert.equal(run_outcome({ ...told, status: 'COMPLETED', reason: null, signal: null, exit_code: 0 }).tone, 'ok');
});
