import { useState } from 'preact/hooks';
import type { Language } from '../../api/types';
import { Field } from '../../components/field';
import { find_language, language_name } from '../../lib/languages';
import type { Draft, Mistakes } from './draft';

type Templates = Draft['templates'];

export function TemplatesForm({ templates, languages, mistakes, on_change }: {
  templates: Templates;
  languages: readonly Language[];
  mistakes: Mistakes;
  on_change: (templates: Templates) => void;
}) {
  const [wanted, set_wanted] = useState('');
  const taken = new Set(templates.map(({ language }) => find_language(languages, language)?.id ?? language));
  const free = languages.filter((one) => !taken.has(one.id));
  const next = free.find((one) => one.id === wanted) ?? free[0];
  return (
    <section>
      <h2>Templates</h2>
      <p class="muted small">What an answer starts from, in each language.</p>
      {mistakes.at('code_template') !== undefined && <p class="field-error">{mistakes.at('code_template')}</p>}
      {templates.map(({ language, code }) => {
        const name = language_name(languages, find_language(languages, language)?.id ?? language);
        return (
          <div key={language} class="template">
            <Field label={`Template for ${name}`} error={mistakes.within(`code_template.${language}`)}>{(control) => (
              <textarea {...control} rows={6} spellcheck={false} value={code}
                onInput={(event) => {
                  const text = event.currentTarget.value;
                  on_change(templates.map((one) => (one.language === language ? { ...one, code: text } : one)));
                }} />
            )}</Field>
            <button type="button" aria-label={`Remove the template for ${name}`}
              onClick={() => on_change(templates.filter((one) => one.language !== language))}>Remove</button>
          </div>
        );
      })}
      {next !== undefined && (
        <div class="row">
          <Field label="Another language">{(control) => (
            <select {...control} value={next.id} onChange={(event) => set_wanted(event.currentTarget.value)}>
              {free.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
            </select>
          )}</Field>
          <button type="button" class="bottom" onClick={() => on_change([...templates, { language: next.id, code: next.sample }])}>Add a template</button>
        </div>
      )}
    </section>
  );
}
