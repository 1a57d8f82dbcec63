// A gateway of the test's own: with a database of its own, a fake API in front and no worker behind. What a worker
// would do, the test does in SQL.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FakeApi, problem } from './fake_api.mjs';

const run = promisify(execFile);

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: ./runyard test live`);
  return value;
}

export async function free_port() {
  const server = net.createServer();
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const { port } = server.address();
  await new Promise((done) => { server.close(done); });
  return port;
}

/// A UUID of version 7.
export function new_id() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export async function until(condition, what, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((done) => { setTimeout(done, 5); });
  }
}

export class PrivateGateway {
  static async start(settings = {}) {
    const gateway = new PrivateGateway();
    gateway.folder = mkdtempSync(join(tmpdir(), 'runyard-live-'));
    gateway.cluster = setting('RUNYARD_TEST_DB');
    gateway.database = `live_${randomBytes(6).toString('hex')}`;
    await gateway.#command(gateway.cluster, `create database ${gateway.database}`);
    gateway.db = `${gateway.cluster} dbname=${gateway.database}`;
    await run(gateway.#program('core/runyard-migrate'), [`--db=${gateway.db}`, `--migrations_dir=${setting('RUNYARD_TEST_ROOT')}/sql/migrations`]);
    gateway.results = new Map();
    gateway.api = await FakeApi.listen(join(gateway.folder, 'api.sock'), (request) => gateway.answer(request));
    gateway.port = await free_port();
    gateway.settings = settings;
    await gateway.launch();
    return gateway;
  }

  #program(name) { return join(setting('RUNYARD_TEST_BIN'), name); }

  async #psql(options, statement) {
    // By its input: a statement may be longer than an argument.
    const asked = run('psql', ['-X', '-q', '-A', '-t', '-1', '-v', 'ON_ERROR_STOP=1', '-d', options, '-f', '-']);
    asked.child.stdin.end(statement);
    return (await asked).stdout.trim();
  }

  /// One that cannot be in a transaction.
  async #command(options, statement) { await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', options, '-c', statement]); }

  sql(statement) { return this.#psql(this.db, statement); }

  async launch() {
    const values = { listen: `127.0.0.1:${this.port}`, db: this.db, api_socket: join(this.folder, 'api.sock'), log_level: 'warn', ...this.settings };
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^RUN(YARD|NER)_/.test(name)));
    this.child = spawn(this.#program('gateway/runyard-gateway'), Object.entries(values).map(([name, value]) => `--${name}=${value}`),
      { stdio: ['ignore', 'ignore', 'pipe'], env: environment });
    this.log = '';
    this.child.stderr.on('data', (text) => { this.log += text; });
    this.ended = new Promise((done) => { this.child.on('exit', (code, signal) => done(signal ?? code)); });
    await until(async () => {
      if (this.child.exitCode !== null) throw new Error(`the gateway ended: ${this.log}`);
      try { return (await (await fetch(`http://127.0.0.1:${this.port}/health`)).json()).database; } catch { return false; }
    }, 'the gateway answers');
  }

  get url() { return `ws://127.0.0.1:${this.port}/api/v1/live`; }

  /// Resident bytes.
  memory() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))[1]) * 1024;
  }

  /// What the API would do. A test may set `refuse` to what is answered to submissions instead.
  async answer({ method, target, params, body }) {
    if (method === 'POST') {
      if (this.refuse) return this.refuse;
      const id = await this.queue(JSON.parse(body).owner ?? 'addr:127.0.0.1', { id: params.RUNYARD_EXECUTION_ID });
      return { status: 202, body: { execution_id: id, status: 'QUEUED' } };
    }
    const id = /^\/api\/v1\/executions\/([^?]+)/.exec(target)[1];
    const result = this.results.get(id);
    const headers = params.RUNYARD_LIVE === 'attach' ? { 'X-Runyard-May-Submit': this.may_submit ?? 'yes' } : {};
    return result ? { status: 200, body: result, headers } : problem(404, 'there is no such execution');
  }

  /// A live run as the API would submit it.
  async queue(owner = 'addr:127.0.0.1', { live = true, id = new_id() } = {}) {
    await this.sql(`insert into executions (id, owner, language, version, isolation, request) values ('${id}', '${owner}', 'python', '3', 'reuse', '{}');
      insert into queue (id, key, owner, priority, language, live_key, followed) values ('${id}', 1, '${owner}', 'normal', 'python', ${live ? 1 : 'null'}, ${live})`);
    this.results.set(id, { execution_id: id, status: 'RUNNING', stdout: null, stderr: null, execution_time: null, attempt: 1 });
    return id;
  }

  /// Events of a worker; `data` is a text, or an object for status and test.
  publish(id, events) {
    const rows = events.map(({ id: number, kind = 'stdout', data }) => {
      const text = Buffer.from(typeof data === 'object' && !Buffer.isBuffer(data) ? JSON.stringify(data) : data).toString('hex');
      return `('${id}', ${number}, '${kind}', '\\x${text}')`;
    });
    return this.sql(`insert into live_output (execution_id, id, kind, data) values ${rows.join(', ')}; notify runyard_output, '${id}'`);
  }

  async claim(id) {
    await this.sql(`update queue set worker = '${new_id()}', attempt = 1, lease_until = now() + interval '1 h' where id = '${id}'`);
  }

  /// The end, as a worker writes it.
  async finish(id, members = {}, { notify = true } = {}) {
    this.results.set(id, { execution_id: id, status: 'COMPLETED', stdout: '', stderr: '', execution_time: 5, attempt: 1, ...members });
    await this.sql(`delete from queue where id = '${id}'; ${notify ? `notify runyard_done, '${id}'` : ''}`);
  }

  /// All input so far, taken as a worker takes it, e.g. "hello\n" and "<eof>".
  async take_input(id) {
    const rows = await this.sql(`with taken as (delete from live_input where execution_id = '${id}' returning id, kind, data)
      select kind || ' ' || encode(data, 'hex') from taken order by id`);
    return rows.split('\n').filter(Boolean).map((row) => {
      const [kind, hex = ''] = row.split(' ');
      const data = Buffer.from(hex, 'hex').toString('utf8');
      return kind === 'stdin' ? data : `<${kind}${data && ` ${data}`}>`;
    }).join('');
  }

  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.ended;
    this.api.close();
    await this.#command(this.cluster, `drop database if exists ${this.database} with (force)`);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
