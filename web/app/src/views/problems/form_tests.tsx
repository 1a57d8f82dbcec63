import { useRef } from 'preact/hooks';
import { Field } from '../../components/field';
import { new_test, type DraftTest, type Mistakes } from './draft';

function TestForm({ test, index, mistakes, on_change, on_remove }: {
  test: DraftTest;
  index: number;
  mistakes: Mistakes;
  on_change: (part: Partial<DraftTest>) => void;
  on_remove: () => void;
}) {
  const at = (name: string) => mistakes.within(`tests[${index}].${name}`);
  const called = test.name === '' ? `Test ${index + 1}` : test.name;
  return (
    <fieldset>
      <legend>Test {index + 1}</legend>
      <div class="form-row">
        <Field label="Name" error={at('name')} class="grow">{(control) => (
          <input {...control} value={test.name} placeholder={String(index + 1)} onInput={(event) => on_change({ name: event.currentTarget.value })} />
        )}</Field>
        <Field label="Weight" error={at('weight')}>{(control) => (
          <input {...control} class="short" inputMode="decimal" value={test.weight} onInput={(event) => on_change({ weight: event.currentTarget.value })} />
        )}</Field>
        <Field label="Arguments" error={at('args')} class="grow">{(control) => (
          <input {...control} class="mono" value={test.args} onInput={(event) => on_change({ args: event.currentTarget.value })} />
        )}</Field>
      </div>
      <div class="form-pair">
        <Field label="Input" error={at('stdin')}>{(control) => (
          <textarea {...control} rows={3} spellcheck={false} value={test.stdin} onInput={(event) => on_change({ stdin: event.currentTarget.value })} />
        )}</Field>
        <Field label="Expected output" error={at('expected_output')}>{(control) => (
          <textarea {...control} rows={3} spellcheck={false} disabled={!test.compares} value={test.expected_output}
            onInput={(event) => on_change({ expected_output: event.currentTarget.value })} />
        )}</Field>
      </div>
      <div class="row">
        <label class="row">
          <input type="checkbox" checked={test.hidden} onChange={(event) => on_change({ hidden: event.currentTarget.checked })} /> Hidden
        </label>
        <label class="row">
          <input type="checkbox" checked={!test.compares} onChange={(event) => on_change({ compares: !event.currentTarget.checked })} /> The exit code alone decides
        </label>
        <button type="button" class="bottom" aria-label={`Remove ${called}`} onClick={on_remove}>Remove</button>
      </div>
      {mistakes.at(`tests[${index}]`) !== undefined && <p class="field-error">{mistakes.at(`tests[${index}]`)}</p>}
    </fieldset>
  );
}

export function TestsForm({ tests, mistakes, on_change }: {
  tests: DraftTest[];
  mistakes: Mistakes;
  on_change: (tests: DraftTest[]) => void;
}) {
  const add = useRef<HTMLButtonElement>(null);
  return (
    <section>
      <h2>Tests</h2>
      <p class="muted small">Everybody sees the tests that are not hidden; of a hidden one only whether an answer passes it.</p>
      {mistakes.at('tests') !== undefined && <p class="field-error">{mistakes.at('tests')}</p>}
      {tests.map((test, index) => (
        <TestForm key={test.key} test={test} index={index} mistakes={mistakes}
          on_change={(part) => on_change(tests.map((one) => (one.key === test.key ? { ...one, ...part } : one)))}
          on_remove={() => {
            on_change(tests.filter((one) => one.key !== test.key));
            // The button that had the focus is gone.
            add.current?.focus();
          }} />
      ))}
      <button type="button" ref={add} onClick={() => on_change([...tests, new_test()])}>Add a test</button>
    </section>
  );
}
