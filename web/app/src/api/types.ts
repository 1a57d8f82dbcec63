/// The objects of the HTTP interface, as openapi.yaml describes them.

export type Status = 'QUEUED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'TIMEOUT' | 'CANCELLED';
export const kStatuses: readonly Status[] = ['QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'TIMEOUT', 'CANCELLED'];

export type Reason =
  | 'COMPILE_ERROR' | 'RUNTIME_ERROR' | 'WRONG_ANSWER' | 'MEMORY_LIMIT' | 'OUTPUT_LIMIT' | 'PROCESS_LIMIT'
  | 'DISK_LIMIT' | 'FORBIDDEN_SYSCALL' | 'WALL_TIME' | 'CPU_TIME' | 'COMPILE_TIME' | 'CANCELLED'
  | 'SANDBOX_FAILURE' | 'WORKER_LOST';

export type Verdict = 'PASSED' | 'SKIPPED' | Exclude<Reason, 'COMPILE_ERROR' | 'COMPILE_TIME' | 'WORKER_LOST'>;

export interface CompileResult {
  status: 'COMPLETED' | 'FAILED' | 'TIMEOUT' | 'CANCELLED';
  stdout: string;
  stderr: string;
  exit_code: number | null;
  execution_time: number;
  cached: boolean;
}

export interface TestResult {
  name: string;
  verdict: Verdict;
  execution_time: number | null;
  cpu_time_ms: number | null;
  memory_kb: number | null;
  stdout: string | null;
  message: string;
}

/// `encoding` and `content`; `size` and `url` of one that is too large to stand here; or the `error` that says why it did not come.
export interface Artifact {
  name: string;
  encoding?: 'utf8' | 'base64';
  content?: string;
  size?: number;
  url?: string;
  error?: string;
}

export interface Execution {
  execution_id: string;
  status: Status;
  stdout: string | null;
  stderr: string | null;
  execution_time: number | null;
  reason: Reason | null;
  message: string | null;
  exit_code: number | null;
  signal: number | null;
  cpu_time_ms: number | null;
  memory_kb: number | null;
  stdout_truncated: boolean | null;
  stderr_truncated: boolean | null;
  compile: CompileResult | null;
  tests: TestResult[];
  score: number | null;
  artifacts: Artifact[];
  language: string;
  version: string;
  problem_id?: string;
  session_id?: string;
  queue_ms: number | null;
  attempt: number;
  sandbox: { isolation: 'reuse' | 'fresh'; reused: boolean | null; runtime: string | null };
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export interface ExecutionList {
  executions: Execution[];
  next_cursor: string | null;
}

export interface Accepted {
  execution_id: string;
  status: Status;
}

export interface SourceFile {
  name: string;
  content: string;
  encoding?: 'utf8' | 'base64';
}

export interface Submission {
  language: string;
  version?: string;
  code?: string;
  files?: SourceFile[];
  entry?: string;
  stdin?: string;
  args?: string[];
  env?: Record<string, string>;
  compile_args?: string[];
  limits?: Partial<LanguageLimits>;
  artifacts?: string[];
  problem_id?: string;
  project_id?: string;
  save_history?: boolean;
}

export interface LanguageLimits {
  wall_ms: number;
  cpu_ms: number;
  memory_kb: number;
  processes: number;
  output_bytes: number;
  file_bytes: number;
  compile_wall_ms: number;
}

export interface Language {
  id: string;
  name: string;
  aliases: string[];
  version: string;
  versions: { version: string; default: boolean; available: boolean }[];
  file_name: string;
  compile: { command: string[]; allowed_args: string[] } | null;
  run: { command: string[] };
  limits: { default: LanguageLimits; maximum: LanguageLimits };
  sample: string;
  available: boolean;
}

export type Checker =
  | 'exact' | 'trim' | 'tokens' | 'unordered_lines'
  | { kind: 'exact' | 'trim' | 'tokens' | 'unordered_lines' }
  | { kind: 'float'; tolerance: number }
  | { kind: 'program'; language: string; code?: string };

export interface JudgeTest {
  name: string;
  stdin: string;
  expected_output: string | null;
  args: string[];
  weight: number;
  hidden: boolean;
}

export interface JudgeProblemEntry {
  problem_id: string;
  title: string;
  time_limit: number;
  memory_limit_kb: number | null;
  /// Seconds of a whole execution; null: as the server has it for all.
  total_limit: number | null;
  test_count: number;
  hidden_test_count: number;
  editable: boolean;
  created_at: string;
  updated_at: string;
}

export interface JudgeProblem extends JudgeProblemEntry {
  description: string;
  code_template: Record<string, string>;
  checker: Checker;
  tests: JudgeTest[];
}

export interface JudgeProblemList {
  problems: JudgeProblemEntry[];
  next_cursor: string | null;
}

/// Milliseconds; null when none has any.
export interface Spread {
  mean: number | null;
  p50: number | null;
  p90: number | null;
  p99: number | null;
  max: number | null;
}

export type CountByStatus = Partial<Record<Status, number>>;

export interface Stats {
  since: string;
  until: string;
  count: number;
  rate_per_minute: number;
  complete: boolean;
  by_status: CountByStatus;
  groups: {
    language: string;
    status: Status;
    count: number;
    rate_per_minute: number;
    execution_time: Spread;
    queue_ms: Spread;
  }[];
  bucket: 'minute' | 'hour' | 'day' | null;
  buckets: { start: string; by_status: CountByStatus; execution_time: Spread; queue_ms: Spread }[];
  service: {
    queued: number;
    running: number;
    oldest_queued_ms: number | null;
    live_workers: number;
    slots: number;
    busy_slots: number;
    warm_sandboxes: number;
  };
}

export type Scope = 'read' | 'submit' | 'author' | 'account' | 'priority';

/// All but the name are null for a user of the site around this service.
export interface Me {
  id: number | null;
  username: string;
  email: string | null;
  full_name: string | null;
  created_at: string | null;
  scopes: Scope[];
}

export interface Token {
  access_token: string;
  token_type: 'bearer';
  expires_in: number;
}

export interface ApiKey {
  id: string;
  name: string;
  scopes: Scope[];
  created_at: string;
  last_used_at: string | null;
}

export interface NewApiKey extends ApiKey {
  /// Shown this once.
  key: string;
}

export interface FieldError {
  field: string;
  message: string;
}

/// RFC 9457.
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: FieldError[];
}

export function is_over(status: Status): boolean {
  return status !== 'QUEUED' && status !== 'RUNNING';
}
