import type { Language } from '../../api/types';
import { Field } from '../../components/field';
import { Notice } from '../../components/states';
import type { Draft, Mistakes } from './draft';
import { CheckerForm } from './form_checker';
import { TemplatesForm } from './form_templates';
import { TestsForm } from './form_tests';

/// Mistakes at these are shown at their fields, those elsewhere above the form.
const kShown = ['title', 'description', 'time_limit', 'memory_limit_kb', 'total_limit', 'tests', 'code_template', 'checker', 'checker.kind', 'checker.tolerance',
  'checker.language', 'checker.code'];

function shown_inside(draft: Draft): string[] {
  return [
    ...draft.templates.map(({ language }) => `code_template.${language}`),
    ...draft.tests.flatMap((_, index) => ['name', 'weight', 'args', 'stdin', 'expected_output'].map((name) => `tests[${index}].${name}`)),
  ];
}

/// All that a problem has.
export function ProblemForm({ draft, languages, mistakes, on_change }: {
  draft: Draft;
  languages: readonly Language[];
  mistakes: Mistakes;
  on_change: (part: Partial<Draft>) => void;
}) {
  const shown = [...kShown, ...draft.tests.map((_, index) => `tests[${index}]`)];
  const elsewhere = mistakes.elsewhere(shown, shown_inside(draft));
  return (
    <>
      {mistakes.any && (
        <Notice kind="danger">
          It is not saved: some fields are wrong.
          {elsewhere.map(({ field, message }) => <p key={field}>{field}: {message}</p>)}
        </Notice>
      )}
      <Field label="Title" error={mistakes.at('title')}>{(control) => (
        <input {...control} value={draft.title} onInput={(event) => on_change({ title: event.currentTarget.value })} />
      )}</Field>
      <Field label="Description" hint="Markdown" error={mistakes.at('description')}>{(control) => (
        <textarea {...control} rows={10} value={draft.description} onInput={(event) => on_change({ description: event.currentTarget.value })} />
      )}</Field>
      <div class="form-row">
        <Field label="Time limit (seconds)" error={mistakes.at('time_limit')}>{(control) => (
          <input {...control} class="short" inputMode="decimal" value={draft.time_limit} onInput={(event) => on_change({ time_limit: event.currentTarget.value })} />
        )}</Field>
        <Field label="Memory limit (KiB)" hint="Empty: each language’s own." error={mistakes.at('memory_limit_kb')}>{(control) => (
          <input {...control} class="short" inputMode="numeric" value={draft.memory_limit_kb}
            onInput={(event) => on_change({ memory_limit_kb: event.currentTarget.value })} />
        )}</Field>
        <Field label="Time of all tests (seconds)" hint="Empty: as for every submission." error={mistakes.at('total_limit')}>{(control) => (
          <input {...control} class="short" inputMode="decimal" value={draft.total_limit}
            onInput={(event) => on_change({ total_limit: event.currentTarget.value })} />
        )}</Field>
      </div>
      <TestsForm tests={draft.tests} mistakes={mistakes} on_change={(tests) => on_change({ tests })} />
      <CheckerForm draft={draft} languages={languages} mistakes={mistakes} on_change={on_change} />
      <TemplatesForm templates={draft.templates} languages={languages} mistakes={mistakes} on_change={(templates) => on_change({ templates })} />
    </>
  );
}
