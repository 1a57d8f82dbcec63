/// What was submitted, made ready to be submitted again. Pure.
import type { Language, LanguageLimits, SourceFile, Submission } from '../../api/types';

/// The answer of GET /executions/{id}/submission: all that a submission can have.
export type Submitted = Submission & Record<string, unknown> & { files: SourceFile[] };

/// The limits of a problem are the problem's to give, and may be others by now; those of a language may have become
/// smaller.
export function to_resubmit(submitted: Submitted, language: Language | undefined): Submission {
  const { limits, ...rest } = submitted;
  if (limits === undefined || rest.problem_id !== undefined) return rest;
  const most = language?.limits.maximum;
  const kept = Object.entries(limits).map(([name, value]) => {
    const bound = most?.[name as keyof LanguageLimits];
    return [name, bound === undefined ? value : Math.min(value, bound)];
  });
  return { ...rest, limits: Object.fromEntries(kept) };
}

/// A file's content as text; null when it is none.
export function text_of(file: SourceFile): string | null {
  return file.encoding === 'base64' ? null : file.content;
}
