/// What an author has written and not saved, kept in the tab: leaving the form, or having to sign in again, loses nothing.
import { renewed, type Draft } from './draft';

export interface KeptDraft {
  /// `updated_at` of the problem that it changes; null for a new one.
  based_on: string | null;
  draft: Draft;
}

const kPrefix = 'runyard.problem.';

function name_of(problem: string | null): string {
  return kPrefix + (problem ?? 'new');
}

export function read_draft(problem: string | null): KeptDraft | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(name_of(problem)) ?? 'null') as { based_on?: unknown; draft?: unknown } | null;
    const draft = renewed(kept?.draft);
    return draft === null ? null : { based_on: typeof kept?.based_on === 'string' ? kept.based_on : null, draft };
  } catch {
    return null;
  }
}

/// Null forgets it. False when it could not be kept.
export function write_draft(problem: string | null, kept: KeptDraft | null): boolean {
  try {
    if (kept === null) sessionStorage.removeItem(name_of(problem));
    else sessionStorage.setItem(name_of(problem), JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function forget_drafts(): void {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(kPrefix)) sessionStorage.removeItem(name);
  } catch {
    // Nothing is kept then.
  }
}
