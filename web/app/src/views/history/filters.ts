/// The filters of the history, as they stand in the address and as the server is asked. Pure.
import { kStatuses, type Status } from '../../api/types';

export interface Filters {
  language: string;
  status: Status | '';
  problem_id: string;
  /// One of kRanges, or '' for all of it.
  range: string;
  /// Days as a date field has them, "2026-11-21", in the visitor's zone; only with the range "custom".
  from: string;
  to: string;
}

export const kNoFilters: Filters = { language: '', status: '', problem_id: '', range: '', from: '', to: '' };

const kHour = 3_600_000;
const kLengths: Record<string, number> = { hour: kHour, day: 24 * kHour, week: 7 * 24 * kHour, month: 30 * 24 * kHour };

export const kRanges: readonly { id: string; name: string }[] = [
  { id: '', name: 'Any time' },
  { id: 'hour', name: 'Last hour' },
  { id: 'day', name: 'Last 24 hours' },
  { id: 'week', name: 'Last 7 days' },
  { id: 'month', name: 'Last 30 days' },
  { id: 'custom', name: 'Between two days' },
];

const kDay = /^\d{4}-\d\d-\d\d$/;

/// What the address cannot mean is left out.
export function filters_from(query: URLSearchParams): Filters {
  const status = query.get('status') ?? '';
  const range = query.get('range') ?? '';
  const day = (name: string) => {
    const text = query.get(name) ?? '';
    return range === 'custom' && kDay.test(text) ? text : '';
  };
  return {
    language: query.get('language') ?? '',
    status: kStatuses.find((one) => one === status) ?? '',
    problem_id: query.get('problem_id') ?? '',
    range: kRanges.some((one) => one.id === range) ? range : '',
    from: day('from'),
    to: day('to'),
  };
}

/// For link_to; empty values are left out there.
export function filters_to_address(filters: Filters): Record<string, string> {
  const { from, to, ...rest } = filters;
  return filters.range === 'custom' ? { ...rest, from, to } : rest;
}

export function is_filtered(filters: Filters): boolean {
  return Object.values(filters).some((value) => value !== '');
}

/// The query parameters of GET /executions.
export function filters_to_query(filters: Filters, now: Date): Record<string, string> {
  const query: Record<string, string> = { language: filters.language, status: filters.status, problem_id: filters.problem_id };
  const length = kLengths[filters.range];
  if (length !== undefined) query.since = new Date(now.getTime() - length).toISOString();
  if (filters.from !== '') query.since = start_of(filters.from, 0);
  // To the end of that day.
  if (filters.to !== '') query.until = start_of(filters.to, 1);
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}

/// Days are added to the date, not to the time: not every day has 24 hours.
function start_of(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}
