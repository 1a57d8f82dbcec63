import { api } from '../api/client';
import type { Language } from '../api/types';

let asked: Promise<Language[]> | null = null;

/// All languages of the server, asked for once; after a failure again.
export function load_languages(): Promise<Language[]> {
  asked ??= api.get<{ languages: Language[] }>('languages').then(({ languages }) => languages);
  asked.catch(() => { asked = null; });
  return asked;
}

export function language_name(languages: readonly Language[], id: string): string {
  return languages.find((one) => one.id === id)?.name ?? id;
}

/// Whether a name means a language: its id, or one of its aliases.
export function find_language(languages: readonly Language[], name: string): Language | undefined {
  const lower = name.toLowerCase();
  return languages.find((one) => one.id === lower) ?? languages.find((one) => one.aliases.includes(lower));
}
