/// The answers that are being written, kept over reloads: one for each problem and language.
import { read_stored, write_stored } from '../../lib/storage';

const kMost = 200_000;

function name_of(problem: string, language: string): string {
  return `answer.${problem}.${language}`;
}

export function read_answer(problem: string, language: string): string | null {
  return read_stored(name_of(problem, language));
}

/// Null forgets it.
export function write_answer(problem: string, language: string, code: string | null): void {
  write_stored(name_of(problem, language), code !== null && code.length <= kMost ? code : null);
}

export function read_answer_language(problem: string): string | null {
  return read_stored(`answer.${problem}`);
}

export function write_answer_language(problem: string, language: string): void {
  write_stored(`answer.${problem}`, language);
}
