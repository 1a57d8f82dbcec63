import type { Execution } from '../api/types';
import type { Stream } from '../lib/output_buffer';

/// What a transport tells about one run.
export interface RunSink {
  on_started(execution_id: string): void;
  /// `attempt` above the last one: the output begins anew.
  on_stage(stage: 'queued' | 'compile' | 'run', attempt: number): void;
  on_output(stream: Stream, data: string): void;
  on_end(execution: Execution): void;
  /// It cannot be run, or followed any more.
  on_error(error: unknown): void;
  /// Something was refused, such as input to a program that reads none any more; the run goes on.
  on_notice(text: string): void;
  /// The connection is gone and is being made again; then it is there again.
  on_lost(): void;
  on_restored(): void;
}
