import { api, check, send } from '../api/client';
import { ApiError } from '../api/errors';
import { is_over, type Execution } from '../api/types';
import { await_end, pause } from '../lib/await_end';
import { may_come_right, retry_delay } from '../lib/retry';
import type { RunSink } from './run_sink';
import { SseParser, type ServerEvent } from './sse_parser';

/// Follows an execution by its events, until its end or until the signal; a lost connection is made again from the last
/// event. A server without events is asked for the end instead.
export async function follow_events(id: string, sink: RunSink, signal: AbortSignal): Promise<void> {
  const path = `executions/${encodeURIComponent(id)}`;
  let last = 0;
  let failures = 0;
  let lost = false;
  let over = false;
  while (!signal.aborted) {
    try {
      const answer = await send('GET', `${path}/events`, undefined, {
        signal, headers: { Accept: 'text/event-stream', ...(last > 0 ? { 'Last-Event-ID': String(last) } : {}) },
      });
      if (answer.status === 204 || answer.status === 404) {
        await answer.text();
        sink.on_end(await await_end(id, signal, () => undefined));
        return;
      }
      await check(answer);
      if (lost) sink.on_restored();
      lost = false;
      const parser = new SseParser();
      for await (const text of texts_of(answer)) {
        for (const event of parser.feed(text)) {
          const number = Number(event.id);
          if (event.event !== 'end' && number > 0 && number <= last) continue;
          if (number > last) last = number;
          failures = 0;
          // The server closes the stream behind the end.
          over = over || tell(event, sink);
        }
      }
      if (over) return;
    } catch (error) {
      if (signal.aborted || over) return;
      if (error instanceof ApiError && !may_come_right(error)) {
        sink.on_error(error);
        return;
      }
      if (!lost) sink.on_lost();
      lost = true;
    }
    await pause(retry_delay(failures++), signal).catch(() => undefined);
  }
}

/// True for the end.
function tell(event: ServerEvent, sink: RunSink): boolean {
  const value = JSON.parse(event.data) as { data?: string; status?: string; stage?: string; attempt?: number };
  if (event.event === 'stdout' || event.event === 'stderr') sink.on_output(event.event, value.data ?? '');
  else if (event.event === 'status') tell_status(value, sink);
  else if (event.event === 'end') sink.on_end(value as unknown as Execution);
  return event.event === 'end';
}

function tell_status(value: { status?: string; stage?: string; attempt?: number }, sink: RunSink): void {
  if (value.status === 'QUEUED') sink.on_stage('queued', 0);
  else sink.on_stage(value.stage === 'compile' ? 'compile' : 'run', value.attempt ?? 1);
}

async function* texts_of(answer: Response): AsyncGenerator<string> {
  if (!answer.body) return;
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let ended = false;
  try {
    while (!ended) {
      const { done, value } = await reader.read();
      ended = done;
      if (value) yield decoder.decode(value, { stream: true });
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => undefined);
  }
}

/// The execution as it is now; null when it is not over.
export async function finished(id: string): Promise<Execution | null> {
  const now = await api.get<Execution>(`executions/${encodeURIComponent(id)}`, { query: { view: 'full' } });
  return is_over(now.status) ? now : null;
}
