import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filters_from, filters_to_address, filters_to_query, is_filtered, kNoFilters } from '../src/views/history/filters';

const now = new Date('2026-11-21T12:00:00Z');

test('filters come back from the address they were written to', () => {
  for (const filters of [
    kNoFilters,
    { ...kNoFilters, language: 'c++', status: 'FAILED' as const, range: 'week' },
    { ...kNoFilters, problem_id: '11111111-1111-1111-1111-111111111111', range: 'custom', from: '2026-01-02', to: '2026-02-03' },
  ]) assert.deepEqual(filters_from(new URLSearchParams(filters_to_address(filters))), filters);
});

test('what an address cannot mean is left out', () => {
  const filters = filters_from(new URLSearchParams('status=DONE&range=eon&from=2026-01-01&to=x'));
  assert.deepEqual(filters, kNoFilters);
  assert.equal(is_filtered(filters), false);
  assert.equal(filters_from(new URLSearchParams('range=custom&from=tomorrow')).from, '');
});

test('the server is asked for what is chosen and nothing else', () => {
  assert.deepEqual(filters_to_query(kNoFilters, now), {});
  assert.deepEqual(filters_to_query({ ...kNoFilters, status: 'TIMEOUT', range: 'day' }, now),
    { status: 'TIMEOUT', since: '2026-11-20T12:00:00.000Z' });
});

test('the last day counts to its end', () => {
  const query = filters_to_query({ ...kNoFilters, range: 'custom', from: '2026-12-31', to: '2026-12-31' }, now);
  assert.equal(new Date(query.since ?? '').getTime(), new Date(2026, 11, 31).getTime());
  assert.equal(new Date(query.until ?? '').getTime(), new Date(2027, 0, 1).getTime());
});
