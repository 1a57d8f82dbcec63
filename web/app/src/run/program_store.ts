import type { Language } from '../api/types';
import { read_stored, read_stored_json, write_stored, write_stored_json } from '../lib/storage';
import { Store } from '../lib/store';
import { read_program, same_program, sample_program, type Program, type ProgramFile } from './program';

/// What the Run view edits; null until the languages are known, for somebody who comes for the first time.
export const program = new Store<Program | null>(read_program(read_stored_json('program')));

/// The one before, where something else took its place: a shared link, a sample.
export const program_before = new Store<Program | null>(read_program(read_stored_json('program.before')));

/// What came from outside last: as long as nobody has changed it, it is nothing that has to be brought back.
let opened: Program | null = read_stored('program.untouched') === 'yes' ? program.value : null;

/// By language id; those of this page also where the browser keeps nothing.
let drafts = new Map<string, Program>();

const kKeepMs = 300;
let timer: ReturnType<typeof setTimeout> | null = null;
let program_kept = true;
let drafts_kept = true;

/// False after what was written could not be kept in the browser.
export const kept = new Store<boolean>(true);

function keep(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  if (program.value === null) return;
  program_kept = write_stored_json('program', program.value);
  write_stored('program.untouched', is_untouched() ? 'yes' : null);
  kept.set(program_kept && drafts_kept);
}

program.subscribe(() => { timer ??= setTimeout(keep, kKeepMs); });
addEventListener('pagehide', keep);
program_before.subscribe((value) => {
  if (value === null) write_stored('program.before', null);
  else write_stored_json('program.before', value);
});
// Another tab signed out.
addEventListener('storage', (event) => {
  if (event.key === 'runyard.program' && event.newValue === null) forget_programs();
});

function is_untouched(): boolean {
  return opened !== null && program.value !== null && same_program(opened, program.value);
}

/// Shows what nobody wrote here, and keeps what somebody did.
function replace_program(by: Program): void {
  const now = program.value;
  const lost = now !== null && !same_program(now, by);
  if (lost && (program_before.value === null || !is_untouched())) program_before.set(now);
  opened = by;
  program.set(by);
}

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
  replace_program(read);
  return true;
}

export function bring_back(): void {
  if (program_before.value === null) return;
  opened = null;
  program.set(program_before.value);
  program_before.set(null);
}

/// Another language: with what was last written in it here, else with its sample.
export function choose_language(language: Language): void {
  const now = program.value;
  if (now?.language === language.id) return;
  // Other tabs write drafts, too.
  drafts = new Map([...read_drafts(), ...drafts]);
  if (now !== null) drafts.set(now.language, now);
  drafts_kept = write_stored_json('drafts', Object.fromEntries(drafts));
  kept.set(program_kept && drafts_kept);
  const draft = drafts.get(language.id);
  const next = draft ? { ...draft, mode: now?.mode ?? draft.mode } : sample_program(language, now ?? undefined);
  opened = draft ? null : next;
  program.set(next);
}

export function show_sample(language: Language): void {
  const now = program.value;
  const sample = sample_program(language, now ?? undefined);
  if (now !== null && JSON.stringify(now.files) === JSON.stringify(sample.files)) return;
  replace_program(sample);
}

/// Nothing of what was written can be read any more, here or in the browser's storage.
export function forget_programs(): void {
  drafts.clear();
  opened = null;
  drafts_kept = true;
  program_before.set(null);
  program.set(null);
  if (timer !== null) clearTimeout(timer);
  timer = null;
  for (const name of ['program', 'program.untouched', 'drafts']) write_stored(name, null);
}

function read_drafts(): Map<string, Program> {
  const read_all = new Map<string, Program>();
  const value = read_stored_json('drafts');
  if (typeof value !== 'object' || value === null) return read_all;
  for (const [language, one] of Object.entries(value)) {
    const read = read_program(one);
    if (read !== null && read.language === language) read_all.set(language, read);
  }
  return read_all;
}
