// A real browser for tests of pages: Debian's chromium, driven by playwright-core.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

export function url_of_stack() {
  const url = process.env.RUNYARD_TEST_URL;
  if (!url) throw new Error('RUNYARD_TEST_URL is not set: ./runyard test web');
  return url;
}

export function open_browser(more_args = []) {
  const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
  if (!program) throw new Error('there is no chromium: apt-get install chromium');
  // Tests run as root, where chromium's own sandbox does not start; the pages are ours. No proxy of the environment.
  return chromium.launch({
    executablePath: program,
    args: ['--no-sandbox', '--no-proxy-server', '--disable-background-networking', '--disable-component-update', ...more_args],
  });
}

/// Collects what a page does that it should not, from now on: requests to other hosts, violations of its
/// Content-Security-Policy, errors and warnings of its scripts.
export function watch_page(page, own_url) {
  const seen = { foreign: [], violations: [], errors: [] };
  const own = new URL(own_url).origin;
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.protocol !== 'blob:' && url.origin !== own) seen.foreign.push(request.url());
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    // Chromium's word for a stream of events that the page had read to its end before the connection knew.
    if (why === 'net::ERR_ABORTED' && request.url().endsWith('/events')) return;
    seen.errors.push(`${request.url()}: ${why}`);
  });
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) seen.violations.push(message.text());
    else if (message.type() === 'error' || message.type() === 'warning') seen.errors.push(message.text());
  });
  return seen;
}
