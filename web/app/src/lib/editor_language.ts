/// Which of the editor's grammars colours a language's programs. Pure. Those that are missing have none that fits.
/// Maps, since languages and endings may be called what every object has: "constructor".
const kGrammars = new Map(Object.entries({
  bash: 'shell', c: 'c', clojure: 'clojure', cpp: 'cpp', crystal: 'ruby', csharp: 'csharp', d: 'cpp', dart: 'dart',
  dotnet: 'csharp', elixir: 'elixir', go: 'go', groovy: 'java', java: 'java', javascript: 'javascript', kotlin: 'kotlin',
  lua: 'lua', 'common-lisp': 'scheme', nim: 'python', pascal: 'pascal', perl: 'perl', php: 'php', python: 'python',
  'python-data': 'python', r: 'r', ruby: 'ruby', rust: 'rust', scala: 'scala', sql: 'sql', swift: 'swift', tcl: 'tcl',
  typescript: 'typescript', ocaml: 'fsharp',
}));

/// Of files beside the program, by the ends of their names.
const kByEnding = new Map(Object.entries({
  h: 'cpp', hpp: 'cpp', c: 'c', cc: 'cpp', cpp: 'cpp', py: 'python', js: 'javascript', mjs: 'javascript', ts: 'typescript',
  java: 'java', go: 'go', rs: 'rust', rb: 'ruby', sh: 'shell', sql: 'sql', kt: 'kotlin', cs: 'csharp', lua: 'lua',
  md: 'markdown', ini: 'ini', json: 'javascript', xml: 'xml', html: 'html', css: 'css', yaml: 'yaml', yml: 'yaml',
}));

const kText = ['txt', 'csv', 'tsv', 'dat', 'in', 'out', 'log'];

export function grammar_of(language: string, file: string): string {
  const ending = /\.([A-Za-z0-9]+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  if (kText.includes(ending)) return 'plaintext';
  return kByEnding.get(ending) ?? kGrammars.get(language) ?? 'plaintext';
}
