import type { Reason, Status, Verdict } from '../api/types';

/// What became of something, in a word or two, and how it is coloured. Pure.
export interface Outcome {
  text: string;
  kind: 'ok' | 'bad' | 'warning' | 'muted';
}

const kStatusNames: Record<Status, string> = {
  QUEUED: 'Queued', RUNNING: 'Running', COMPLETED: 'Completed', FAILED: 'Failed', TIMEOUT: 'Timed out', CANCELLED: 'Cancelled',
};

const kReasonNames: Record<Reason, string> = {
  COMPILE_ERROR: 'Compile error', RUNTIME_ERROR: 'Runtime error', WRONG_ANSWER: 'Wrong answer', MEMORY_LIMIT: 'Memory limit',
  OUTPUT_LIMIT: 'Output limit', PROCESS_LIMIT: 'Process limit', DISK_LIMIT: 'Disk limit', FORBIDDEN_SYSCALL: 'Forbidden call',
  WALL_TIME: 'Time limit', CPU_TIME: 'CPU time limit', COMPILE_TIME: 'Compile time limit', CANCELLED: 'Cancelled',
  SANDBOX_FAILURE: 'Service failed', WORKER_LOST: 'Service failed',
};

export function status_name(status: Status): string {
  return kStatusNames[status] ?? status;
}

export function outcome_of(status: Status, reason: Reason | null): Outcome {
  if (status === 'QUEUED' || status === 'RUNNING') return { text: status_name(status), kind: 'muted' };
  if (status === 'COMPLETED') return { text: status_name(status), kind: 'ok' };
  const text = reason === null ? status_name(status) : kReasonNames[reason] ?? reason;
  // Neither is the program's fault.
  const blameless = status === 'CANCELLED' || reason === 'SANDBOX_FAILURE' || reason === 'WORKER_LOST';
  return { text, kind: blameless ? 'warning' : 'bad' };
}

export function verdict_outcome(verdict: Verdict): Outcome {
  if (verdict === 'PASSED') return { text: 'Passed', kind: 'ok' };
  if (verdict === 'SKIPPED') return { text: 'Skipped', kind: 'muted' };
  return outcome_of(verdict === 'CANCELLED' ? 'CANCELLED' : 'FAILED', verdict);
}
