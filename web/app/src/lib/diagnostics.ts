/// What compilers and interpreters say about lines of the program, read from their output. Pure.
/// Each known way of writing it is one entry of kFormats; a line counts only when it names one of the program's files. A program
/// writes these lines as well as a compiler: the work for one must not grow with the square of its length, so no two parts of
/// a pattern beside each other can take the same characters.

export interface Diagnostic {
  file: string;
  /// From 1.
  line: number;
  /// From 1; null when only the line is known.
  column: number | null;
  severity: 'error' | 'warning' | 'info';
  message: string;
}

/// Instead of a name, where a program is told from none: its first file.
const kTheProgram = '\0';

const kMost = 100;
/// A compiler's output has a limit of its own; this one keeps the page quick where an operator set that one high.
const kMostLines = 5000;
const kLongestLine = 2000;
const kMostCharacters = 1_000_000;

/// `frame`: a step of a traceback, of which only the deepest inside the program is marked.
type Found = Omit<Diagnostic, 'file'> & { name: string; frame?: boolean };

/// Reads the line at `index`, perhaps with its neighbours; null when it is not in this format.
type Format = (lines: string[], index: number) => Found | null;

function severity_of(word: string | undefined): Diagnostic['severity'] {
  const text = (word ?? 'error').toLowerCase();
  if (text.includes('warn')) return 'warning';
  return /note|info|hint|help/.test(text) ? 'info' : 'error';
}

function number_of(text: string | undefined): number | null {
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value > 0 && value < 1e7 ? value : null;
}

/// The column that a `^` in the next lines points to, below a line of source; null without one.
function caret_below(lines: string[], index: number): number | null {
  for (let next = index + 1; next <= index + 3 && next < lines.length; ++next) {
    const at = /^(\s*)\^/.exec(lines[next] ?? '');
    if (at) return (at[1] ?? '').length + 1;
  }
  return null;
}

const kSeverity = '(?:fatal )?(?:error|warning|note|info|hint)';

/// gcc, clang, g++, gfortran's successors, swiftc, kotlinc, ghc, javac, go, ld: `name:line[:column]: [severity:] message`
const colons: Format = (lines, index) => {
  const line = lines[index] ?? '';
  const parts = /^(?:[a-z][a-z0-9.]*: )?(?:\.\/)?([^\s:][^:]{0,300}?):(\d+)(?:[:.](\d+)(?:-\d+)?)?:\s*(.*)$/i.exec(line);
  if (!parts) return null;
  const [, name = '', at, column, rest = ''] = parts;
  const marked = new RegExp(`^(${kSeverity})(?:\\s*[([][^\\])]*[\\])])?\\s*:?\\s*(?:\\[GHC-\\d+\\]\\s*)?(.*)$`, 'i').exec(rest);
  const text = marked ? marked[2] : rest;
  // ghc and gfortran write the message below.
  const message = text || (lines[index + 1] ?? '').trim();
  const line_number = number_of(at);
  if (line_number === null || message === '') return null;
  return { name, line: line_number, column: number_of(column) ?? caret_below(lines, index), severity: severity_of(marked?.[1]), message };
};

/// gfortran: `name:line:column:`, the source, a caret, then `Error: message`
const gfortran: Format = (lines, index) => {
  const parts = /^([^\s:][^:]*):(\d+):(\d+):\s*$/.exec(lines[index] ?? '');
  if (!parts) return null;
  for (let next = index + 1; next <= index + 6 && next < lines.length; ++next) {
    const said = /^(Fatal Error|Error|Warning):\s*(.*)$/.exec(lines[next] ?? '');
    const line = number_of(parts[2]);
    if (said && line !== null) {
      return { name: parts[1] ?? '', line, column: number_of(parts[3]), severity: severity_of(said[1]), message: said[2] ?? '' };
    }
  }
  return null;
};

/// tsc, csc, fpc, nim, dmd: `name(line[,column]) [severity] [code]: message`
const parentheses: Format = (lines, index) => {
  const line = (lines[index] ?? '').trimStart();
  const parts = /^([^\s(][^(]{0,300}?)\((\d{1,9})(?:,\s*(\d{1,9}))?(?:\D[^)]*)?\):?\s*(?:(fatal error|fatal|error|warning|note|hint|info)\b\s*)?([A-Z]{1,6}\d+)?\s*:?\s*(.+)$/i.exec(line);
  if (!parts) return null;
  const at = number_of(parts[2]);
  if (at === null) return null;
  // csc says in brackets which project it was.
  const message = (parts[6] ?? '').replace(/\s\[[^\]]*proj[^\]]*\]$/, '');
  return { name: parts[1] ?? '', line: at, column: number_of(parts[3]), severity: severity_of(parts[4]), message };
};

/// rustc, elixir: the message first, then `--> name:line:column` or `└─ name:line:column`
const arrow: Format = (lines, index) => {
  const parts = /^\s*(?:-->|└─)\s*(\S.*?):(\d+):(\d+)(?::.*)?$/.exec((lines[index] ?? '').trimEnd());
  if (!parts) return null;
  const at = number_of(parts[2]);
  for (let before = index - 1; before >= Math.max(0, index - 8); --before) {
    const said = /^\s*(error|warning|note|help)(?:\[[^\]]*\])?:\s*(.*)$/.exec(lines[before] ?? '');
    if (said && at !== null) {
      return { name: parts[1] ?? '', line: at, column: number_of(parts[3]), severity: severity_of(said[1]), message: said[2] ?? '' };
    }
  }
  return null;
};

/// Crystal: `In name:line:column`, then the message in the last line of the block
const crystal: Format = (lines, index) => {
  const parts = /^\s*In (\S.*?):(\d+):(\d+)\s*$/.exec(lines[index] ?? '');
  const at = number_of(parts?.[2]);
  if (!parts || at === null) return null;
  for (let next = index + 1; next <= index + 8 && next < lines.length; ++next) {
    const said = /^(?:Error|Syntax error):\s*(.*)$/.exec((lines[next] ?? '').trim());
    if (said) return { name: parts[1] ?? '', line: at, column: number_of(parts[3]), severity: 'error', message: said[1] ?? '' };
  }
  return null;
};

/// scala: `-- [E006] Not Found Error: name:line:column ---`, the message after the caret
const scala: Format = (lines, index) => {
  const parts = /^-- (?:\[[^\]]*\] )?([^:]*?(?:Error|Warning)): (.+?):(\d+):(\d+) -*\s*$/.exec(lines[index] ?? '');
  const at = number_of(parts?.[3]);
  if (!parts || at === null) return null;
  let message = parts[1] ?? '';
  for (let next = index + 1; next <= index + 6 && next < lines.length; ++next) {
    if (!/^\s*\|\s*\^+/.test(lines[next] ?? '')) continue;
    message = (lines[next + 1] ?? '').replace(/^\s*\|\s*/, '').trim() || message;
    break;
  }
  // Its columns begin at 0.
  return { name: parts[2] ?? '', line: at, column: Number(parts[4]) + 1, severity: severity_of(parts[1]), message };
};

/// Python and OCaml: `File "name", line N[, characters A-B]`; the message is the first line below that is not indented.
const quoted: Format = (lines, index) => {
  const parts = /^\s*File "(.+?)", lines? (\d+)(?:-\d+)?(?:, characters (\d+)-\d+)?/.exec(lines[index] ?? '');
  const at = number_of(parts?.[2]);
  if (!parts || at === null) return null;
  const column = parts[3] === undefined ? null : Number(parts[3]) + 1;
  for (let next = index + 1; next < lines.length && next <= index + 40; ++next) {
    const text = lines[next] ?? '';
    const said = column === null ? /^([A-Za-z_][\w.]*(?:: .*)?)$/.exec(text) : /^(?:Error|Warning)(?: [^:]*)?: ?(.*)$/.exec(text);
    if (said) {
      const message = said[1] || (lines[next + 1] ?? '').trim();
      return { name: parts[1] ?? '', line: at, column: column ?? python_column(lines, index), severity: severity_of(/^Warning/.exec(text)?.[0]), message, frame: column === null };
    }
  }
  return null;
};

/// Python shows the line with four spaces before it, whatever its own indentation: the caret tells a column only
/// where the line has none, and syntax errors are shown with it taken off as well.
function python_column(lines: string[], index: number): number | null {
  const source = lines[index + 1] ?? '';
  const caret = /^(\s*)[~^]+\s*$/.exec(lines[index + 2] ?? '');
  if (!caret || !source.startsWith('    ')) return null;
  const offset = (caret[1] ?? '').length - 4;
  return offset >= 0 ? -1 - offset : null;
}

/// php: `PHP Parse error: message in name on line N`; perl: `message at name line N`; bash: `name: line N: message`
const words: Format = (lines, index) => {
  const line = lines[index] ?? '';
  const php = /^(?:PHP )?((?:Parse|Fatal|Compile)? ?(?:error|warning|notice)): +(\S.*) in (\S+)(?: on line |:)(\d+)$/i.exec(line);
  if (php) return found(php[3], php[4], severity_of(php[1]), php[2]);
  const bash = /^(\S+): line (\d+): (.*)$/.exec(line);
  if (bash) return found(bash[1], bash[2], 'error', bash[3]);
  const perl = /^(.+) at (\S+) line (\d+)(?:[.,].*)?$/.exec(line);
  if (perl) return found(perl[2], perl[3], 'error', perl[1]);
  return null;
};

/// octave: `error: message near line N, column M`; sqlite: `Parse error near line N: message`. There is one program.
const near: Format = (lines, index) => {
  const line = lines[index] ?? '';
  const octave = /^(?:parse )?error: (.+) near line (\d+), column (\d+)$/.exec(line);
  if (octave) return with_column(found(kTheProgram, octave[2], 'error', octave[1]), number_of(octave[3]));
  const sqlite = /^(?:Parse|Runtime) error near line (\d+): (.+)$/.exec(line);
  return sqlite ? found(kTheProgram, sqlite[1], 'error', sqlite[2]) : null;
};

function with_column(one: Found | null, column: number | null): Found | null {
  return one && { ...one, column };
}

/// node: `/folder/name:line`, the source, a caret, an empty line, `SyntaxError: message`
const node: Format = (lines, index) => {
  const parts = /^(\/?[^\s:]+\.[cm]?[jt]s):(\d+)$/.exec(lines[index] ?? '');
  if (!parts) return null;
  for (let next = index + 1; next <= index + 8 && next < lines.length; ++next) {
    const said = /^(?:Uncaught )?(\w*(?:Error|Exception)(?: \[\w+\])?: .*)$/.exec(lines[next] ?? '');
    const line = number_of(parts[2]);
    if (said && line !== null) {
      return { name: parts[1] ?? '', line, column: caret_below(lines, index), severity: 'error', message: said[1] ?? '' };
    }
  }
  return null;
};

function found(name: string | undefined, line: string | undefined, severity: Diagnostic['severity'], message: string | undefined): Found | null {
  const at = number_of(line);
  return at === null || !name || !message ? null : { name, line: at, column: null, severity, message };
}

const kFormats: Format[] = [gfortran, scala, arrow, crystal, quoted, node, near, parentheses, words, colons];

/// Which of the program's files a compiler means: it may name it by a longer path, and quoted.
function match_file(name: string, files: readonly string[]): string | null {
  if (name === kTheProgram) return files[0] ?? null;
  const plain = name.trim().replace(/^["'`]|["'`]$/g, '').replace(/^\.\//, '');
  if (files.includes(plain)) return plain;
  return files.find((file) => plain.endsWith(`/${file}`)) ?? null;
}

/// `sources` gives the text of each file: columns that the output tells from the first letter of the line become real.
export function parse_diagnostics(output: string, sources: Record<string, string>): Diagnostic[] {
  const files = Object.keys(sources);
  const lines = output.slice(0, kMostCharacters).split(/\r?\n/, kMostLines).map((line) => strip_colours(line.slice(0, kLongestLine)));
  const all: Diagnostic[] = [];
  const seen = new Set<string>();
  for (let index = 0; index < lines.length && all.length < kMost; ++index) {
    for (const format of kFormats) {
      const one = format(lines, index);
      if (one === null) continue;
      const file = match_file(one.name, files);
      if (file === null) continue;
      const { name: _, frame, ...rest } = one;
      const diagnostic = { ...rest, file, column: real_column(rest, sources[file] ?? '') };
      const last = all[all.length - 1];
      if (frame && last?.message === diagnostic.message) all.pop();
      const key = `${file}:${diagnostic.line}:${diagnostic.message}`;
      if (!seen.has(key)) all.push(diagnostic);
      seen.add(key);
      break;
    }
  }
  return all;
}

function real_column(one: Omit<Found, 'name'>, source: string): number | null {
  if (one.column === null || one.column > 0) return one.column;
  const text = source.split('\n', one.line)[one.line - 1] ?? '';
  return (/^\s*/.exec(text)?.[0].length ?? 0) + (-1 - one.column) + 1;
}

function strip_colours(line: string): string {
  return line.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}
