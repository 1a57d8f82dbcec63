import type { Language } from '../../api/types';
import { Field } from '../../components/field';
import type { CheckerKind, Draft, Mistakes } from './draft';

const kNames: Record<CheckerKind, string> = {
  trim: 'Blanks at the ends of lines do not count',
  exact: 'Each byte counts',
  tokens: 'Words count, not the space between them',
  unordered_lines: 'Lines in any order',
  float: 'Numbers within a tolerance',
  program: 'A program decides',
};

export function CheckerForm({ draft, languages, mistakes, on_change }: {
  draft: Draft;
  languages: readonly Language[];
  mistakes: Mistakes;
  on_change: (part: Partial<Draft>) => void;
}) {
  const known = languages.some((one) => one.id === draft.checker_language);
  return (
    <section>
      <h2>Checker</h2>
      <Field label="How outputs are compared" error={mistakes.at('checker') ?? mistakes.at('checker.kind')}>{(control) => (
        <select {...control} value={draft.checker} onChange={(event) => on_change({ checker: event.currentTarget.value as CheckerKind })}>
          {(Object.keys(kNames) as CheckerKind[]).map((kind) => <option key={kind} value={kind}>{kNames[kind]}</option>)}
        </select>
      )}</Field>
      {draft.checker === 'float' && (
        <Field label="Tolerance" hint="Absolute or relative, whichever is met." error={mistakes.at('checker.tolerance')}>{(control) => (
          <input {...control} class="short" inputMode="decimal" value={draft.tolerance} onInput={(event) => on_change({ tolerance: event.currentTarget.value })} />
        )}</Field>
      )}
      {draft.checker === 'program' && (
        <>
          <Field label="Language of the checker" error={mistakes.at('checker.language')}>{(control) => (
            <select {...control} value={draft.checker_language} onChange={(event) => on_change({ checker_language: event.currentTarget.value })}>
              {!known && <option value={draft.checker_language}>{draft.checker_language}</option>}
              {languages.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
            </select>
          )}</Field>
          <Field label="Program of the checker" error={mistakes.at('checker.code')}
            hint="It finds the files input, output and expected in its folder; exit code 0 accepts.">{(control) => (
            <textarea {...control} rows={8} spellcheck={false} value={draft.checker_code}
              onInput={(event) => on_change({ checker_code: event.currentTarget.value })} />
          )}</Field>
        </>
      )}
    </section>
  );
}
