import { link_to, parse_route } from '../lib/route';
import { api_url, type Query } from './base';
import { answered, lost } from './connection';
import { ApiError, OfflineError, parse_problem } from './errors';
import { authorization, sign_in_notice, token } from './session';

export interface RequestOptions {
  query?: Query;
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /// The request outlives the page.
  keepalive?: boolean;
  /// A 401 is an answer like any other, such as the one to a wrong password; else it leads to the account view.
  expect_401?: boolean;
}

/// The answer itself, whatever its status. Throws OfflineError when there is none, and what the signal says when
/// it was aborted.
export async function send(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<Response> {
  const headers: Record<string, string> = { ...authorization(), ...options.headers };
  let payload: BodyInit | undefined;
  if (body instanceof URLSearchParams) {
    payload = body;
  } else if (body !== undefined) {
    payload = JSON.stringify(body);
    headers['Content-Type'] = 'application/json';
  }
  try {
    const answer = await fetch(api_url(document.baseURI, path, options.query), {
      method, headers, body: payload, signal: options.signal, keepalive: options.keepalive, cache: 'no-store',
    });
    answered();
    return answer;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    lost();
    throw new OfflineError();
  }
}

/// Throws what an answer that is not a success means.
export async function check(answer: Response, options: RequestOptions = {}): Promise<Response> {
  if (answer.ok) return answer;
  const body: unknown = await answer.json().catch(() => null);
  const retry = Number(answer.headers.get('Retry-After') ?? Number.NaN);
  const error = new ApiError(answer.status, parse_problem(answer.status, body), Number.isFinite(retry) ? retry : null);
  if (answer.status === 401 && !options.expect_401) ask_to_sign_in();
  throw error;
}

/// Leads to the account view, which says why.
export function ask_to_sign_in(): void {
  sign_in_notice.set(token.value === null ? 'Sign in to go on.' : 'Your sign-in is no longer valid. Sign in again to go on.');
  token.set(null);
  if (parse_route(location.hash)?.view !== 'account') location.hash = link_to('account');
}

async function call<T>(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
  const answer = await check(await send(method, path, body, options), options);
  if (answer.status === 204) return undefined as T;
  try {
    return (await answer.json()) as T;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(answer.status, null);
  }
}

/// `path` is what follows `/api/v1/`. Throws ApiError or OfflineError.
export const api = {
  get: <T>(path: string, options?: RequestOptions) => call<T>('GET', path, undefined, options),
  post: <T>(path: string, body?: unknown, options?: RequestOptions) => call<T>('POST', path, body, options),
  put: <T>(path: string, body: unknown, options?: RequestOptions) => call<T>('PUT', path, body, options),
  patch: <T>(path: string, body: unknown, options?: RequestOptions) => call<T>('PATCH', path, body, options),
  delete: (path: string, options?: RequestOptions) => call<void>('DELETE', path, undefined, options),
};

/// The bytes of a file that a program made.
export async function fetch_artifact(execution_id: string, name: string): Promise<ArrayBuffer> {
  const path = `executions/${execution_id}/artifacts/${encodeURIComponent(name)}`;
  return (await check(await send('GET', path))).arrayBuffer();
}
