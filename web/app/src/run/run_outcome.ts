import type { Execution, Reason } from '../api/types';

/// What became of a run, in sentences. Pure.
export interface RunOutcome {
  title: string;
  /// Says more: which limit, what was measured. May be empty.
  detail: string;
  tone: 'ok' | 'bad' | 'warning';
}

const kReasons: Record<Reason, string> = {
  COMPILE_ERROR: 'The program does not compile',
  RUNTIME_ERROR: 'The program ended with an error',
  WRONG_ANSWER: 'A test expects another answer',
  MEMORY_LIMIT: 'The program needed more memory than it may have',
  OUTPUT_LIMIT: 'The program wrote more than it may',
  PROCESS_LIMIT: 'The program started more processes than it may',
  DISK_LIMIT: 'The program wrote more to files than it may',
  FORBIDDEN_SYSCALL: 'The program tried what is not allowed here',
  WALL_TIME: 'The program took too long',
  CPU_TIME: 'The program computed too long',
  COMPILE_TIME: 'The compiler took too long',
  CANCELLED: 'Stopped',
  SANDBOX_FAILURE: 'The service failed, not the program: run it again',
  WORKER_LOST: 'The machine that ran the program was lost: run it again',
};

const kSignals: Record<number, string> = {
  1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 4: 'SIGILL', 5: 'SIGTRAP', 6: 'SIGABRT', 7: 'SIGBUS', 8: 'SIGFPE', 9: 'SIGKILL',
  11: 'SIGSEGV', 13: 'SIGPIPE', 14: 'SIGALRM', 15: 'SIGTERM', 24: 'SIGXCPU', 25: 'SIGXFSZ', 31: 'SIGSYS',
};

export function signal_name(signal: number): string {
  return kSignals[signal] ?? `signal ${signal}`;
}

type Told = Pick<Execution, 'status' | 'reason' | 'message' | 'exit_code' | 'signal'>;

/// Of a run that is over.
export function run_outcome(execution: Told): RunOutcome {
  const title = title_of(execution);
  // What the sentence says already is not said twice.
  const message = execution.message ?? '';
  const detail = execution.status === 'CANCELLED' || title.toLowerCase().includes(message.toLowerCase()) ? '' : message;
  return { title, detail, tone: execution.status === 'COMPLETED' ? 'ok' : execution.status === 'CANCELLED' ? 'warning' : 'bad' };
}

function title_of({ status, reason, exit_code, signal }: Told): string {
  if (status === 'COMPLETED') return 'Finished';
  if (status === 'CANCELLED') return kReasons.CANCELLED;
  if (reason === 'RUNTIME_ERROR' && signal !== null) return `The program was ended by ${signal_name(signal)}`;
  if (reason === 'RUNTIME_ERROR' && exit_code !== null) return `The program ended with exit code ${exit_code}`;
  return reason === null ? status : kReasons[reason] ?? reason;
}
