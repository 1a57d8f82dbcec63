/// The answers that are being written, kept over reloads: one for each problem and language.
import { forget_stored, read_stored, write_stored } from '../../lib/storage';

const kMost = 200_000;

function name_of(problem: string, language: string): string {
  return `answer.${problem}.${language}`;
}

export function read_answer(problem: string, language: string): string | null {
  return read_stored(name_of(problem, language));
}

/// Null forgets it. False when it could not be kept, or is too long: the one before stays.
export function write_answer(problem: string, language: string, code: string | null): boolean {
  if (code !== null && code.length > kMost) return false;
  return write_stored(name_of(problem, language), code);
}

export function forget_answers(): void {
  forget_stored('answer.');
}

export function read_answer_language(problem: string): string | null {
  return read_stored(`answer.${problem}`);
}

export function write_answer_language(problem: string, language: string): void {
  write_stored(`answer.${problem}`, language);
}
