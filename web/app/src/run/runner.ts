import { api } from '../api/client';
import type { Accepted, Execution, Language } from '../api/types';
import { parse_diagnostics, type Diagnostic } from '../lib/diagnostics';
import { OutputBuffer } from '../lib/output_buffer';
import { Store } from '../lib/store';
import { follow_events } from './follow_events';
import { cancel_unseen, LiveSocket } from './live_socket';
import { as_submission, type Program } from './program';
import type { RunSink } from './run_sink';

export interface RunState {
  phase: 'idle' | 'sending' | 'queued' | 'compiling' | 'running' | 'over' | 'refused';
  connection: 'fine' | 'lost' | 'restored';
  mode: Program['mode'];
  stopping: boolean;
  execution_id: string | null;
  execution: Execution | null;
  error: unknown;
  notice: string | null;
  diagnostics: Diagnostic[];
}

const kIdle: RunState = {
  phase: 'idle', connection: 'fine', mode: 'input', stopping: false, execution_id: null, execution: null, error: null,
  notice: null, diagnostics: [],
};

/// The page's one run: it goes on while other views are shown, and ends with the page.
export const run = new Store<RunState>(kIdle);
export const output = new OutputBuffer();
/// Grows when `output` has changed; several changes are told as one.
export const output_version = new Store<number>(0);

let live: LiveSocket | null = null;
let following: AbortController | null = null;
let terminal: ((data: string | null) => void) | null = null;
let terminal_size = { cols: 80, rows: 24 };
let round = 0;
let attempt = 0;
let drawing = false;

export function is_busy(state: RunState): boolean {
  return state.phase !== 'idle' && state.phase !== 'over' && state.phase !== 'refused';
}

/// Who shows what a console gets: text, or null to begin anew. Gets first what came already, as a replay.
export function connect_terminal(show: (data: string | null, replay?: boolean) => void): () => void {
  terminal = show;
  if (output.total > 0) show(output.whole(), true);
  return () => { if (terminal === show) terminal = null; };
}

export function start_run(program: Program, language: Language | undefined): void {
  if (is_busy(run.value)) return;
  const submission = as_submission(program, language);
  const sources = Object.fromEntries(program.files.map(({ name, content }) => [name, content]));
  forget_output();
  run.set({ ...kIdle, phase: 'sending', mode: program.mode });
  const own = ++round;
  const sink = sink_of(own, sources);
  if (program.mode === 'console') {
    live = new LiveSocket(submission, terminal_size, sink);
    return;
  }
  const abort = new AbortController();
  following = abort;
  api.post<Accepted>('executions', submission).then((accepted) => {
    if (abort.signal.aborted) {
      cancel_unseen(accepted.execution_id);
      return;
    }
    sink.on_started(accepted.execution_id);
    return follow_events(accepted.execution_id, sink, abort.signal);
  }).catch((error: unknown) => sink.on_error(error));
}

/// Asks the server to end the run; its end comes as any other.
export function stop_run(): void {
  if (!is_busy(run.value)) return;
  change({ stopping: true });
  const id = run.value.execution_id;
  if (id !== null) void cancel(id);
}

/// False when nothing takes what is typed.
export function type_text(text: string): boolean {
  const taken = live !== null && live.type(text);
  if (!taken && is_busy(run.value) && run.value.connection === 'lost') change({ notice: 'What you typed was not sent: there is no connection.' });
  return taken;
}

export function resize_terminal(cols: number, rows: number): void {
  terminal_size = { cols, rows };
  live?.resize(cols, rows);
}

async function cancel(id: string): Promise<void> {
  try {
    await api.post(`executions/${encodeURIComponent(id)}/cancel`);
  } catch (error) {
    // Over already, most likely; else it is still shown as running, and can be stopped again.
    change({ stopping: false });
    if ((error as { status?: number }).status !== 409) change({ notice: `It could not be stopped: ${(error as Error).message}` });
  }
}

function sink_of(own: number, sources: Record<string, string>): RunSink {
  /// What a run says that is no longer the page's is not heard.
  const if_own = <A extends unknown[]>(act: (...args: A) => void) => (...args: A) => { if (own === round) act(...args); };
  return {
    on_started: if_own((id: string) => {
      change({ execution_id: id, phase: 'queued' });
      if (run.value.stopping) void cancel(id);
    }),
    on_stage: if_own((stage: 'queued' | 'compile' | 'run', number: number) => {
      if (number > attempt && attempt > 0) forget_output();
      attempt = Math.max(attempt, number);
      change({ phase: stage === 'queued' ? 'queued' : stage === 'compile' ? 'compiling' : 'running' });
    }),
    on_output: if_own((stream: 'stdout' | 'stderr', data: string) => {
      output.append(stream, data);
      if (run.value.mode === 'console') terminal?.(data);
      redraw_soon();
    }),
    on_end: if_own((execution: Execution) => {
      complete_output(execution);
      change({ phase: 'over', execution, stopping: false, connection: 'fine', diagnostics: diagnostics_of(execution, sources) });
      live = null;
      following = null;
    }),
    on_error: if_own((error: unknown) => {
      change({ phase: 'refused', error, stopping: false, connection: 'fine' });
      live = null;
      following = null;
    }),
    on_notice: if_own((notice: string) => change({ notice })),
    on_lost: if_own(() => change({ connection: 'lost' })),
    on_restored: if_own(() => change({ connection: 'restored' })),
  };
}

/// The result holds what the events did not bring: where a server has none, or has forgotten them.
function complete_output(execution: Execution): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const text = execution[stream] ?? '';
    if (text === '' || output.whole(stream) === text || (output.total > 0 && output.whole(stream).length >= text.length)) continue;
    const others = (['stdout', 'stderr'] as const).map((one) => [one, one === stream ? text : output.whole(one)] as const);
    forget_output();
    for (const [one, whole] of others) output.append(one, whole);
    if (run.value.mode === 'console') terminal?.(text);
  }
  redraw_soon();
}

/// From the compiler, or from an interpreter that could not read the program; a console's is among its output.
function diagnostics_of(execution: Execution, sources: Record<string, string>): Diagnostic[] {
  const { compile } = execution;
  const compiler = compile === null ? '' : `${compile.stderr}\n${compile.stdout}`;
  if (execution.reason !== 'RUNTIME_ERROR') return parse_diagnostics(compiler, sources);
  const own = run.value.mode === 'console' ? execution.stdout : execution.stderr;
  return [...parse_diagnostics(own ?? '', sources), ...parse_diagnostics(compiler, sources)];
}

function change(part: Partial<RunState>): void {
  run.update((now) => ({ ...now, ...part }));
}

function forget_output(): void {
  output.clear();
  attempt = 0;
  terminal?.(null);
  redraw_soon();
}

function redraw_soon(): void {
  if (drawing) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    output_version.update((version) => version + 1);
  }, 30);
}

/// Ends the run, known or not, without waiting for its end.
function abandon_run(): void {
  const busy = is_busy(run.value);
  ++round;
  // A console cancels its own.
  if (live === null && busy && run.value.execution_id !== null) cancel_unseen(run.value.execution_id);
  live?.abandon();
  following?.abort();
  live = null;
  following = null;
}

/// Nothing of the run, or of what it wrote, can be seen any more.
export function forget_run(): void {
  abandon_run();
  forget_output();
  run.set(kIdle);
}

/// Nobody is left who could look at it.
addEventListener('pagehide', () => { if (is_busy(run.value)) abandon_run(); });
addEventListener('pageshow', (event) => {
  if (!event.persisted || !is_busy(run.value)) return;
  abandon_run();
  change({ phase: 'refused', error: new Error('The run was stopped when the page was left.'), stopping: false, connection: 'fine' });
});
