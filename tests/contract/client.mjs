// One HTTP request to the stack under test, byte by byte as the test wants it.
import http from 'node:http';

export function url_of_stack() {
  const url = process.env.RUNYARD_TEST_URL;
  if (!url) throw new Error('RUNYARD_TEST_URL is not set: ./runyard test contract');
  return url;
}

const agents = new Map();

// Kept connections, a pool for each address that requests come from.
function agent_of(from) {
  if (!agents.has(from)) agents.set(from, new http.Agent({ keepAlive: true, localAddress: from }));
  return agents.get(from);
}

export function close_connections() {
  for (const agent of agents.values()) agent.destroy();
  agents.clear();
}

/// Sends a request. `body` is a Buffer, a text, or a value that is sent as JSON. `from` is the local address: each of
/// 127.0.0.0/8 is an anonymous caller of its own. Answers {status, headers, body, json()}.
export function send({ method, path, headers = {}, body, from = '127.0.0.1' }) {
  const base = new URL(url_of_stack());
  let bytes;
  if (body !== undefined) {
    bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  }
  const sent = { ...headers };
  const named = Object.keys(sent).map((name) => name.toLowerCase());
  if (bytes && !named.includes('content-type')) sent['Content-Type'] = 'application/json';
  if (bytes && !named.includes('content-length') && !named.includes('transfer-encoding')) sent['Content-Length'] = bytes.length;
  for (const name of Object.keys(sent)) if (sent[name] === undefined) delete sent[name];
  return new Promise((done, failed) => {
    const request = http.request({ host: base.hostname, port: base.port, method, path, headers: sent, agent: agent_of(from) });
    let answered = false;
    request.on('response', (response) => {
      answered = true;
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', failed);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        done({ status: response.statusCode, headers: response.headers, body: text, json: () => JSON.parse(text) });
      });
    });
    // A server that refuses a body may close before all of it was sent; its answer counts.
    request.on('error', (error) => { if (!answered) failed(error); });
    if (bytes) request.write(bytes);
    // What announces more than it sends waits for the refusal.
    if (bytes || !sent['Content-Length']) request.end();
    else request.flushHeaders();
  });
}
