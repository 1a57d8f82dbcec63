/// A problem while its author writes it: what the form's fields hold, and what is sent. Pure.
import type { Checker, FieldError, JudgeProblem, JudgeTest } from '../../api/types';
import { join_arguments, split_arguments } from '../../lib/arguments';

export interface DraftTest {
  /// Stays with the test while others come and go.
  key: number;
  name: string;
  stdin: string;
  /// False: the exit code alone decides.
  compares: boolean;
  expected_output: string;
  /// A line of them, see arguments.ts.
  args: string;
  weight: string;
  hidden: boolean;
}

const kCheckers = ['trim', 'exact', 'tokens', 'unordered_lines', 'float', 'program'] as const;
export type CheckerKind = typeof kCheckers[number];

export interface Draft {
  title: string;
  description: string;
  templates: { language: string; code: string }[];
  time_limit: string;
  /// Empty: each language's own.
  memory_limit_kb: string;
  total_limit: string;
  checker: CheckerKind;
  tolerance: string;
  checker_language: string;
  checker_code: string;
  tests: DraftTest[];
}

let last_key = 0;

export function new_test(): DraftTest {
  return { key: ++last_key, name: '', stdin: '', compares: true, expected_output: '', args: '', weight: '1', hidden: false };
}

export function new_draft(): Draft {
  return {
    title: '', description: '', templates: [], time_limit: '10', memory_limit_kb: '', total_limit: '', checker: 'trim', tolerance: '0.000001',
    checker_language: 'python', checker_code: '', tests: [new_test()],
  };
}

/// `value` where it is of the same type as what stands there in a new one.
function same_type<T extends string | boolean>(value: unknown, otherwise: T): T {
  return typeof value === typeof otherwise ? (value as T) : otherwise;
}

/// One that was kept, over a reload, perhaps by an older page: what is of another type is as in a new one, and its tests
/// get keys of this page. Null for what is no draft at all.
export function renewed(kept: unknown): Draft | null {
  if (typeof kept !== 'object' || kept === null) return null;
  const from = kept as Record<string, unknown>;
  const { templates, tests, checker, ...texts } = new_draft();
  const read = (name: keyof typeof texts) => same_type(from[name], texts[name]);
  const each = (name: string) => (Array.isArray(from[name]) ? from[name] as unknown[] : [])
    .filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null);
  return {
    title: read('title'), description: read('description'), time_limit: read('time_limit'), memory_limit_kb: read('memory_limit_kb'),
    total_limit: read('total_limit'),
    tolerance: read('tolerance'), checker_language: read('checker_language'), checker_code: read('checker_code'),
    checker: kCheckers.find((one) => one === from.checker) ?? checker,
    templates: each('templates').map(({ language, code }) => ({ language: same_type(language, ''), code: same_type(code, '') })),
    tests: each('tests').map((one) => {
      const { key, name, stdin, compares, expected_output, args, weight, hidden } = new_test();
      return {
        key, name: same_type(one.name, name), stdin: same_type(one.stdin, stdin), compares: same_type(one.compares, compares),
        expected_output: same_type(one.expected_output, expected_output), args: same_type(one.args, args),
        weight: same_type(one.weight, weight), hidden: same_type(one.hidden, hidden),
      };
    }),
  };
}

function draft_of_test(test: JudgeTest): DraftTest {
  return {
    key: ++last_key, name: test.name, stdin: test.stdin, compares: test.expected_output !== null,
    expected_output: test.expected_output ?? '', args: join_arguments(test.args), weight: String(test.weight), hidden: test.hidden,
  };
}

export function draft_of(problem: JudgeProblem): Draft {
  const { checker } = problem;
  const named = typeof checker === 'string' ? { kind: checker } : checker;
  const draft = new_draft();
  return {
    ...draft,
    title: problem.title,
    description: problem.description,
    templates: Object.entries(problem.code_template).map(([language, code]) => ({ language, code })),
    time_limit: String(problem.time_limit),
    memory_limit_kb: problem.memory_limit_kb === null ? '' : String(problem.memory_limit_kb),
    total_limit: problem.total_limit === null ? '' : String(problem.total_limit),
    checker: named.kind,
    tolerance: named.kind === 'float' ? String(named.tolerance) : draft.tolerance,
    checker_language: named.kind === 'program' ? named.language : draft.checker_language,
    checker_code: named.kind === 'program' ? named.code ?? '' : '',
    tests: problem.tests.map(draft_of_test),
  };
}

/// What is no number is sent as it was typed, so that the server says what it should be.
function number_in(text: string): number | string | null {
  if (text.trim() === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

function checker_of(draft: Draft): Checker {
  if (draft.checker === 'float') return { kind: 'float', tolerance: number_in(draft.tolerance) as number };
  if (draft.checker === 'program') return { kind: 'program', language: draft.checker_language, code: draft.checker_code };
  return draft.checker;
}

function body_of_test(test: DraftTest): Record<string, unknown> {
  const body: Record<string, unknown> = { stdin: test.stdin, weight: number_in(test.weight) ?? 1, hidden: test.hidden };
  if (test.name !== '') body.name = test.name;
  if (test.compares) body.expected_output = test.expected_output;
  const args = split_arguments(test.args);
  if (args.length > 0) body.args = args;
  return body;
}

/// The body of POST /problems and PUT /problems/{id}.
export function body_of(draft: Draft): Record<string, unknown> {
  return {
    title: draft.title,
    description: draft.description,
    code_template: Object.fromEntries(draft.templates.map(({ language, code }) => [language, code])),
    time_limit: number_in(draft.time_limit),
    memory_limit_kb: number_in(draft.memory_limit_kb),
    total_limit: number_in(draft.total_limit),
    checker: checker_of(draft),
    tests: draft.tests.map(body_of_test),
  };
}

/// The server's mistakes by the field that shows them.
export class Mistakes {
  private readonly by_field = new Map<string, string>();

  constructor(errors: readonly FieldError[]) {
    for (const { field, message } of errors) {
      const before = this.by_field.get(field);
      this.by_field.set(field, before === undefined ? message : `${before}\n${message}`);
    }
  }

  get any(): boolean {
    return this.by_field.size > 0;
  }

  at(field: string): string | undefined {
    return this.by_field.get(field);
  }

  /// Of a field and everything inside it.
  within(field: string): string | undefined {
    const found = [...this.by_field].filter(([name]) => is_inside(name, field))
      .map(([name, message]) => (name === field ? message : `${name.slice(field.length)}: ${message}`));
    return found.length === 0 ? undefined : found.join('\n');
  }

  /// Those that stand at none of these fields, nor inside one of the last.
  elsewhere(shown: readonly string[], with_inside: readonly string[]): FieldError[] {
    return [...this.by_field]
      .filter(([name]) => !shown.includes(name) && !with_inside.some((field) => is_inside(name, field)))
      .map(([field, message]) => ({ field, message }));
  }
}

function is_inside(name: string, field: string): boolean {
  return name === field || name.startsWith(`${field}.`) || name.startsWith(`${field}[`);
}
