import type { FieldError, Problem } from './types';

/// The server answered, and not with what was asked for.
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem | null,
    /// Seconds, from `Retry-After`.
    readonly retry_after: number | null = null,
  ) {
    super(problem?.detail ?? `the server answered ${status}`);
    this.name = 'ApiError';
  }

  /// Which fields are wrong, and how; empty when the problem is another.
  get fields(): FieldError[] {
    return this.problem?.errors ?? [];
  }
}

/// No answer came: the network is gone, or the server is.
export class OfflineError extends Error {
  constructor() {
    super('The server cannot be reached.');
    this.name = 'OfflineError';
  }
}

/// The problem in an error's body, in any of the server's shapes; null when there is none.
export function parse_problem(status: number, body: unknown): Problem | null {
  if (typeof body !== 'object' || body === null) return null;
  const { title, detail, errors, message } = body as Record<string, unknown>;
  const text = typeof detail === 'string' ? detail : typeof message === 'string' ? message : null;
  if (text === null) return null;
  const fields = Array.isArray(errors)
    ? errors.filter((one): one is FieldError => typeof one?.field === 'string' && typeof one?.message === 'string')
    : [];
  return { type: 'about:blank', title: typeof title === 'string' ? title : '', status, detail: text, errors: fields };
}

/// One or more sentences for people, whatever was thrown.
export function describe_error(error: unknown): string {
  if (error instanceof ApiError) {
    const fields = error.fields.map((one) => `${one.field}: ${one.message}`);
    if (fields.length > 0) return fields.join('\n');
    if (error.status === 429 && error.retry_after !== null) {
      return `${error.message} (again in ${error.retry_after} s)`;
    }
    return error.message;
  }
  return error instanceof Error ? error.message : String(error);
}
