/// What was submitted as the Run view edits it. Pure.
import type { Language } from '../../api/types';
import { join_arguments } from '../../lib/arguments';
import type { Program } from '../../run/program';
import { text_of, type Submitted } from './resubmit';

export interface Reopened {
  program: Program;
  /// Files that are no text, which no editor shows: it begins without them.
  left_out: string[];
}

/// Null when there is nothing to edit.
export function reopen(submitted: Submitted, language: Language | undefined): Reopened | null {
  const files = submitted.files.flatMap((file) => {
    const content = text_of(file);
    return content === null ? [] : [{ name: file.name, content }];
  });
  const [first] = files;
  if (first === undefined) return null;
  const entry = files.some((file) => file.name === submitted.entry) ? submitted.entry : undefined;
  return {
    program: {
      language: submitted.language,
      // The default one may be another by now, and whoever asked for none means that.
      version: submitted.version === undefined || submitted.version === language?.version ? null : submitted.version,
      files,
      entry: entry ?? first.name,
      args: join_arguments(submitted.args ?? []),
      stdin: submitted.stdin ?? '',
      artifacts: (submitted.artifacts ?? []).join(', '),
      mode: 'input',
    },
    left_out: submitted.files.filter((file) => text_of(file) === null).map((file) => file.name),
  };
}
