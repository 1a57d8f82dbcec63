import type { Language, Submission } from '../api/types';
import { split_arguments } from '../lib/arguments';
import { is_heavy, type Bounds } from '../lib/heavy_text';

/// What the Run view edits, and what a shared link carries. Pure.
export interface ProgramFile {
  name: string;
  content: string;
}

export interface Program {
  language: string;
  /// Null is the language's default.
  version: string | null;
  files: ProgramFile[];
  entry: string;
  args: string;
  stdin: string;
  /// Names of files to bring back, divided by commas.
  artifacts: string;
  /// `input`: everything that is typed is known before. `console`: it is typed while the program runs.
  mode: 'input' | 'console';
}

export const kMostFiles = 100;
export const kMostText = 2_000_000;
/// Of a language and a version.
const kMostName = 100;
/// What the server takes, and a field of one line shows in time.
const kLineBounds: Bounds = { characters: 65_536, lines: 0, turns: 5000, marks: 1000 };
/// The most that a live run may take: whoever types into it thinks first.
export const kConsoleWallMs = 300_000;

export function sample_program(language: Language, before?: Program): Program {
  return {
    language: language.id,
    version: null,
    files: [{ name: language.file_name, content: language.sample }],
    entry: language.file_name,
    args: before?.args ?? '',
    stdin: before?.stdin ?? '',
    artifacts: before?.artifacts ?? '',
    mode: before?.mode ?? 'input',
  };
}

/// Why a name cannot be a file's, in words; null when it can. The server's rule (FileName in openapi.yaml).
export function wrong_file_name(name: string, others: readonly string[]): string | null {
  if (name === '') return 'A file needs a name.';
  if (others.includes(name)) return `There is a file “${name}” already.`;
  if (new TextEncoder().encode(name).length > 1024) return 'The name is too long.';
  if (/^[-@]/.test(name)) return 'A name cannot begin with - or @.';
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'A name cannot hold control characters.';
  const parts = name.split('/');
  if (parts.length > 16) return 'At most 16 folders deep.';
  if (parts.some((one) => one === '' || one === '.' || one === '..')) return 'Folders are named, and divided by a single /.';
  if (parts.some((one) => new TextEncoder().encode(one).length > 255)) return 'The name is too long.';
  return null;
}

export function as_submission(program: Program, language: Language | undefined): Submission {
  const single = program.files.length === 1 ? program.files[0] : undefined;
  const artifacts = program.artifacts.split(',').map((one) => one.trim()).filter((one) => one !== '');
  const args = split_arguments(program.args);
  const console = program.mode === 'console';
  return {
    language: program.language,
    ...(program.version === null ? {} : { version: program.version }),
    ...(single && single.name === language?.file_name
      ? { code: single.content }
      : { files: program.files.map(({ name, content }) => ({ name, content })), entry: program.entry }),
    // A console is typed into; the language's own limit is for programs that wait for nobody.
    ...(program.stdin === '' || console ? {} : { stdin: program.stdin }),
    ...(args.length === 0 ? {} : { args }),
    ...(artifacts.length === 0 ? {} : { artifacts: [...new Set(artifacts)] }),
    ...(console ? { limits: { wall_ms: kConsoleWallMs } } : {}),
  };
}

/// Whether both are the same but for how they are run.
export function same_program(one: Program, other: Program): boolean {
  const text = ({ language, version, files, entry, args, stdin, artifacts }: Program) =>
    JSON.stringify([language, version, files.map(({ name, content }) => [name, content]), entry, args, stdin, artifacts]);
  return one === other || text(one) === text(other);
}

/// A program from outside (kept in the browser, or shared by anybody); null for anything else.
export function read_program(value: unknown): Program | null {
  if (typeof value !== 'object' || value === null) return null;
  const { language, version, files, entry, args, stdin, artifacts, mode } = value as Record<string, unknown>;
  if (typeof language !== 'string' || language === '' || !Array.isArray(files)) return null;
  if (files.length === 0 || files.length > kMostFiles) return null;
  const all: ProgramFile[] = [];
  let size = 0;
  for (const file of files as unknown[]) {
    const { name, content } = (file ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || typeof content !== 'string') return null;
    if (wrong_file_name(name, all.map((one) => one.name)) !== null) return null;
    size += content.length;
    all.push({ name, content });
  }
  const more = [args, artifacts].map((one) => (typeof one === 'string' ? one : ''));
  if (size > kMostText || (typeof stdin === 'string' && stdin.length > kMostText)) return null;
  if (language.length > kMostName || more.some((one) => is_heavy(one, kLineBounds))) return null;
  const first = all[0]?.name ?? '';
  return {
    language,
    version: typeof version === 'string' && version !== '' && version.length <= kMostName ? version : null,
    files: all,
    entry: typeof entry === 'string' && all.some((one) => one.name === entry) ? entry : first,
    args: typeof args === 'string' ? args : '',
    stdin: typeof stdin === 'string' ? stdin : '',
    artifacts: typeof artifacts === 'string' ? artifacts : '',
    mode: mode === 'console' ? 'console' : 'input',
  };
}
