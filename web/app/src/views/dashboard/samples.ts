/// What the service was doing at each moment that this page asked. The server tells only the present; what it was
/// like before is known as long as somebody looks. Pure, but for the last part.
import type { Stats } from '../../api/types';
import type { Series } from './series';

export interface Sample {
  /// Milliseconds since 1970.
  at: number;
  queued: number;
  running: number;
  live_workers: number;
  slots: number;
  warm_sandboxes: number;
}

/// An hour at one in five seconds.
export const kMost = 720;
const kOldest = 3_600_000;
/// Where the page did not ask for so long, the line has a gap.
const kGap = 60_000;

export function sample_of(service: Stats['service'], at: number): Sample {
  const { queued, running, live_workers, slots, warm_sandboxes } = service;
  return { at, queued, running, live_workers, slots, warm_sandboxes };
}

export function add_sample(samples: readonly Sample[], sample: Sample): Sample[] {
  const kept = samples.filter((one) => one.at > sample.at - kOldest && one.at < sample.at);
  return [...kept, sample].slice(-kMost);
}

export function sample_series(samples: readonly Sample[], parts: readonly { name: string; part: Exclude<keyof Sample, 'at'> }[]): Series {
  const times: number[] = [];
  const rows: (Sample | null)[] = [];
  for (const sample of samples) {
    const last = times.at(-1);
    if (last !== undefined && sample.at - last * 1000 > kGap) {
      times.push(last + 1);
      rows.push(null);
    }
    times.push(sample.at / 1000);
    rows.push(sample);
  }
  return { times, lines: parts.map(({ name, part }) => ({ name, values: rows.map((row) => (row === null ? null : row[part])) })) };
}

/// What is left of an earlier visit in this tab; anything else in its place counts as nothing.
export function read_samples(text: string | null, now: number): Sample[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(value)) return [];
    const names = ['at', 'queued', 'running', 'live_workers', 'slots', 'warm_sandboxes'] as const;
    return value.filter((one): one is Sample => names.every((name) => typeof (one as Sample | null)?.[name] === 'number'))
      .filter((one) => one.at > now - kOldest && one.at <= now).slice(-kMost);
  } catch {
    return [];
  }
}

const kName = 'runyard.samples';

export function load_samples(): Sample[] {
  try {
    return read_samples(sessionStorage.getItem(kName), Date.now());
  } catch {
    return [];
  }
}

export function keep_samples(samples: readonly Sample[]): void {
  try {
    sessionStorage.setItem(kName, JSON.stringify(samples));
  } catch {
    // A private window: they are gone with the page.
  }
}
