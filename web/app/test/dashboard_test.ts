import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Spread, Stats } from '../src/api/types';
import { add_sample, kMost, read_samples, sample_series, type Sample } from '../src/views/dashboard/samples';
import { kRanges, percentiles, range_of, since_of, throughput, verdicts } from '../src/views/dashboard/series';

const spread = (p50: number): Spread => ({ mean: p50, p50, p90: p50 * 2, p99: p50 * 3, max: p50 * 4 });
const stats = {
  since: '2026-11-21T10:00:00.000Z', until: '2026-11-21T12:30:00.000Z', bucket: 'hour', count: 4, complete: true,
  buckets: [
    { start: '2026-11-21T10:00:00.000Z', by_status: { COMPLETED: 2, FAILED: 1 }, execution_time: spread(10), queue_ms: spread(1) },
    { start: '2026-11-21T12:00:00.000Z', by_status: { COMPLETED: 1 }, execution_time: spread(20), queue_ms: spread(2) },
  ],
  groups: [
    { language: 'cpp', status: 'COMPLETED', count: 1, execution_time: spread(5) },
    { language: 'python', status: 'COMPLETED', count: 2, execution_time: spread(10) },
    { language: 'python', status: 'FAILED', count: 1, execution_time: spread(99) },
  ],
} as unknown as Stats;

test('buckets without any are filled in', () => {
  const series = throughput(stats);
  assert.deepEqual(series.times.map((one) => new Date(one * 1000).toISOString().slice(11, 13)), ['10', '11', '12']);
  assert.deepEqual(series.lines, [{ name: 'Completed', values: [2, 0, 1] }, { name: 'Failed', values: [1, 0, 0] }]);
  // Of nothing there is no time.
  assert.deepEqual(percentiles(stats, 'execution_time').lines[0]?.values, [10, null, 20]);
  assert.deepEqual(percentiles(stats, 'queue_ms').lines[2]?.values, [3, null, 6]);
});

test('nothing at all is a line at zero', () => {
  assert.deepEqual(throughput({ ...stats, buckets: [] }).lines, [{ name: 'Completed', values: [0, 0, 0] }]);
});

test('languages come by their use, with the times of most of their executions', () => {
  const [first, second] = verdicts(stats);
  assert.deepEqual(first, { language: 'python', total: 3, parts: [{ status: 'COMPLETED', count: 2 }, { status: 'FAILED', count: 1 }], p50: 10, p99: 30 });
  assert.equal(second?.language, 'cpp');
});

test('a range begins with a full bucket and holds the present one', () => {
  const now = new Date('2026-11-21T12:34:56Z');
  assert.equal(since_of(range_of('hour'), now).toISOString(), '2026-11-21T11:35:00.000Z');
  assert.equal(since_of(range_of(null), now).toISOString(), '2026-11-20T13:00:00.000Z');
  assert.equal(range_of('no such'), kRanges[0]);
});

const sample = (at: number, queued = 0): Sample => ({ at, queued, running: 1, live_workers: 2, slots: 3, warm_sandboxes: 4 });

test('samples are kept for an hour, and no more than so many', () => {
  const hour = 3_600_000;
  assert.deepEqual(add_sample([sample(0), sample(2)], sample(hour + 1)).map((one) => one.at), [2, hour + 1]);
  // A clock that was set back makes no line that goes back.
  assert.deepEqual(add_sample([sample(10), sample(20)], sample(15)).map((one) => one.at), [10, 15]);
  let all: Sample[] = [];
  for (let at = 1; at < kMost + 50; ++at) all = add_sample(all, sample(at));
  assert.equal(all.length, kMost);
});

test('where nobody looked there is a gap', () => {
  const series = sample_series([sample(0, 5), sample(5000, 6), sample(500_000, 7)], [{ name: 'queued', part: 'queued' }]);
  assert.deepEqual(series, { times: [0, 5, 6, 500], lines: [{ name: 'queued', values: [5, 6, null, 7] }] });
});

test('what stands in the browser and are no samples is nothing', () => {
  for (const text of [null, '', 'x', '{}', '[1]', '[null]', '[{"at":1}]']) assert.deepEqual(read_samples(text, 10), []);
  assert.deepEqual(read_samples(JSON.stringify([sample(5), sample(50)]), 10), [sample(5)]);
});
