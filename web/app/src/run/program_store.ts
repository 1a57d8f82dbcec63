import type { Language } from '../api/types';
import { read_stored_json, write_stored, write_stored_json } from '../lib/storage';
import { Store } from '../lib/store';
import { read_program, sample_program, type Program, type ProgramFile } from './program';

/// What the Run view edits; null until the languages are known, for somebody who comes for the first time.
export const program = new Store<Program | null>(read_program(read_stored_json('program')));

/// The one before, where something else took its place: a shared link, a sample.
export const program_before = new Store<Program | null>(read_program(read_stored_json('program.before')));

const kKeepMs = 300;
let timer: ReturnType<typeof setTimeout> | null = null;

/// False after what was written could not be kept in the browser.
export const kept = new Store<boolean>(true);

function keep(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  if (program.value !== null) kept.set(write_stored_json('program', program.value));
}

program.subscribe(() => { timer ??= setTimeout(keep, kKeepMs); });
addEventListener('pagehide', keep);
program_before.subscribe((value) => {
  if (value === null) write_stored('program.before', null);
  else write_stored_json('program.before', value);
});

export function change_program(change: Partial<Program>): void {
  program.update((now) => (now === null ? now : { ...now, ...change }));
}

export function change_file(name: string, content: string): void {
  program.update((now) => now && { ...now, files: now.files.map((one) => (one.name === name ? { name, content } : one)) });
}

/// Shows another program in the Run view; the one that is there can be brought back. For other views: afterwards
/// `navigate(link_to('run'))`.
export function open_program(given: { language: string; files: ProgramFile[] } & Partial<Program>): boolean {
  const read = read_program(given);
  if (read === null) return false;
  program_before.set(program.value);
  program.set(read);
  return true;
}

export function bring_back(): void {
  if (program_before.value === null) return;
  program.set(program_before.value);
  program_before.set(null);
}

/// Another language: with what was last written in it here, else with its sample.
export function choose_language(language: Language): void {
  const now = program.value;
  if (now?.language === language.id) return;
  const drafts = read_drafts();
  if (now !== null) drafts[now.language] = now;
  write_stored_json('drafts', drafts);
  const draft = drafts[language.id];
  program.set(draft
    ? { ...draft, mode: now?.mode ?? draft.mode }
    : sample_program(language, now ?? undefined));
}

export function show_sample(language: Language): void {
  const now = program.value;
  const sample = sample_program(language, now ?? undefined);
  if (now !== null && JSON.stringify(now.files) === JSON.stringify(sample.files)) return;
  program_before.set(now);
  program.set(sample);
}

function read_drafts(): Record<string, Program> {
  const value = read_stored_json('drafts');
  if (typeof value !== 'object' || value === null) return {};
  const drafts: Record<string, Program> = {};
  for (const [language, one] of Object.entries(value)) {
    const read = read_program(one);
    if (read !== null && read.language === language) drafts[language] = read;
  }
  return drafts;
}
