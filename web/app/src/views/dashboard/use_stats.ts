import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Stats } from '../../api/types';
import { pause } from '../../lib/await_end';
import { add_sample, keep_samples, load_samples, sample_of, type Sample } from './samples';
import { since_of, type Range } from './series';

const kEveryMs = 5000;

export interface StatsNow {
  stats: Stats | null;
  samples: Sample[];
  /// Of the last question; the figures of the one before stay.
  error: unknown;
  again: () => void;
}

/// The figures of a range, asked for anew every few seconds while somebody looks.
export function use_stats(range: Range, language: string, who: boolean): StatsNow {
  const [stats, set_stats] = useState<Stats | null>(null);
  const [samples, set_samples] = useState<Sample[]>(load_samples);
  const [error, set_error] = useState<unknown>(null);
  const [round, set_round] = useState(0);
  useEffect(() => set_stats(null), [range, language, who]);
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const ask = async () => {
      const query = { since: since_of(range, new Date()).toISOString(), bucket: range.bucket, language };
      const answer = await api.get<Stats>('stats', { query, signal });
      set_stats(answer);
      set_error(null);
      set_samples((known) => {
        const next = add_sample(known, sample_of(answer.service, Date.now()));
        keep_samples(next);
        return next;
      });
    };
    const follow = async () => {
      while (!signal.aborted) {
        try {
          if (!document.hidden) await ask();
        } catch (reason) {
          if (!signal.aborted) set_error(reason);
        }
        await pause(kEveryMs, signal);
      }
    };
    // Aborted is how it ends.
    follow().catch(() => undefined);
    return () => abort.abort();
  }, [range, language, who, round]);
  return { stats, samples, error, again: () => set_round(round + 1) };
}
