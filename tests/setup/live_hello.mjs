// A live run through the site that WebSocket URL and headers (JSON) name: what is typed comes back. Exit code 0: it did.
import { LiveClient } from '../live/live_client.mjs';

const [url, headers] = process.argv.slice(2);
setTimeout(() => { throw new Error('no answer in 40 s'); }, 40_000).unref();
const client = await LiveClient.open(url, { headers: JSON.parse(headers) });
const refused = client.of('error').then((message) => { throw new Error(JSON.stringify(message)); });
client.send({ type: 'run', language: 'python', code: 'print("typed: " + input())' });
await Promise.race([client.of('started'), refused]);
client.send({ type: 'stdin', data: 'hello\n' });
await Promise.race([client.until((message) => message.type === 'output' && message.data.includes('typed: hello')), refused]);
process.exit(0);
