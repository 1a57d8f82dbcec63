/// Addresses of the server, below whatever prefix the page itself is served from. Pure.

/// `https://host/prefix/` -> `https://host/prefix/api/v1/executions?wait=5`
export function api_url(page: string, path: string, query: Query = {}): string {
  const url = new URL(`api/v1/${path.replace(/^\//, '')}`, page.replace(/#.*$/, ''));
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return url.href;
}

/// `https://host/prefix/` -> `wss://host/prefix/api/v1/live`
export function live_url(page: string): string {
  return api_url(page, 'live').replace(/^http/, 'ws');
}

export type Query = Record<string, string | number | boolean | undefined>;
