import { ApiError, OfflineError } from '../api/errors';

/// Milliseconds before the next try, after this many that failed.
export function retry_delay(failures: number): number {
  return Math.min(500 * 2 ** failures, 5000);
}

/// Whether the same request may succeed later: nothing answered, or not what was asked for because of the server's state.
export function may_come_right(error: unknown): boolean {
  return error instanceof OfflineError || (error instanceof ApiError && (error.status >= 500 || error.status === 429));
}
