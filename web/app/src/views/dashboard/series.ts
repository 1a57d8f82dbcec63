/// The figures of GET /stats as the lines of charts. Pure.
import type { Spread, Stats, Status } from '../../api/types';
import { status_name } from '../../lib/outcome';

export interface Line {
  name: string;
  /// Null where nothing is known: the line has a gap there.
  values: (number | null)[];
}
export interface Series {
  /// Seconds since 1970, rising.
  times: number[];
  lines: Line[];
}

export interface Range {
  id: string;
  name: string;
  ms: number;
  bucket: 'minute' | 'hour' | 'day';
}

const kHour = 3_600_000;
export const kRanges: readonly [Range, ...Range[]] = [
  { id: 'day', name: 'Last 24 hours', ms: 24 * kHour, bucket: 'hour' },
  { id: 'hour', name: 'Last hour', ms: kHour, bucket: 'minute' },
  { id: 'week', name: 'Last 7 days', ms: 7 * 24 * kHour, bucket: 'hour' },
  { id: 'month', name: 'Last 30 days', ms: 30 * 24 * kHour, bucket: 'day' },
];
export const kBucketMs = { minute: 60_000, hour: kHour, day: 24 * kHour };

export function range_of(id: string | null): Range {
  return kRanges.find((one) => one.id === id) ?? kRanges[0];
}

/// The server counts buckets from the beginning of the range: it begins at a full one, so that the next question's
/// are the same.
export function since_of(range: Range, now: Date): Date {
  const bucket = kBucketMs[range.bucket];
  return new Date(Math.floor((now.getTime() - range.ms) / bucket) * bucket + bucket);
}

const kOrder: readonly Status[] = ['COMPLETED', 'FAILED', 'TIMEOUT', 'CANCELLED', 'RUNNING', 'QUEUED'];

/// Every bucket of the range, also those without any, which the server leaves out.
function all_buckets(stats: Stats): { times: number[]; at: (Stats['buckets'][number] | undefined)[] } {
  const known = new Map(stats.buckets.map((one) => [Date.parse(one.start), one]));
  const width = kBucketMs[stats.bucket ?? 'hour'];
  const times: number[] = [];
  const at: (Stats['buckets'][number] | undefined)[] = [];
  for (let start = Date.parse(stats.since); start < Date.parse(stats.until); start += width) {
    times.push(start / 1000);
    at.push(known.get(start));
  }
  return { times, at };
}

/// How many were submitted, by what became of them; statuses that nothing has are left out.
export function throughput(stats: Stats): Series {
  const { times, at } = all_buckets(stats);
  const present = kOrder.filter((status) => at.some((bucket) => bucket?.by_status[status] !== undefined));
  const shown: readonly Status[] = present.length === 0 ? ['COMPLETED'] : present;
  return { times, lines: shown.map((status) => ({ name: status_name(status), values: at.map((bucket) => bucket?.by_status[status] ?? 0) })) };
}

/// Percentiles of the time that they ran, or that they waited.
export function percentiles(stats: Stats, of: 'execution_time' | 'queue_ms'): Series {
  const { times, at } = all_buckets(stats);
  const parts: { name: string; part: keyof Spread }[] = [{ name: 'half', part: 'p50' }, { name: '90 %', part: 'p90' }, { name: '99 %', part: 'p99' }];
  return { times, lines: parts.map(({ name, part }) => ({ name, values: at.map((bucket) => bucket?.[of][part] ?? null) })) };
}

export interface LanguageVerdicts {
  language: string;
  total: number;
  /// In the order of kOrder, those that it has.
  parts: { status: Status; count: number }[];
  p50: number | null;
  p99: number | null;
}

/// The languages, the most used first. The percentiles are those of its largest group, which say most: those of
/// several groups together cannot be made of theirs.
export function verdicts(stats: Stats): LanguageVerdicts[] {
  const languages = [...new Set(stats.groups.map((one) => one.language))];
  return languages.map((language) => {
    const groups = stats.groups.filter((one) => one.language === language);
    const largest = groups.reduce((a, b) => (b.count > a.count ? b : a));
    const parts = kOrder.flatMap((status) => groups.filter((one) => one.status === status).map(({ count }) => ({ status, count })));
    return {
      language, parts, total: groups.reduce((sum, one) => sum + one.count, 0), p50: largest.execution_time.p50, p99: largest.execution_time.p99,
    };
  }).sort((a, b) => b.total - a.total || a.language.localeCompare(b.language));
}
