import { useRef, useState } from 'preact/hooks';
import { Given } from '../components/given';
import { visible_name } from '../lib/visible';
import { kMostFiles, wrong_file_name, type Program } from './program';
import { change_program } from './program_store';

/// The program's files: which is shown, and what they are called.
export function FileTabs({ program, shown, show }: { program: Program; shown: string; show: (name: string) => void }) {
  const [naming, set_naming] = useState<'add' | 'rename' | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const names = program.files.map((one) => one.name);

  const move = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = Math.max(0, Math.min(names.length - 1, names.indexOf(shown) + step));
    show(names[at] ?? shown);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[at]?.focus();
  };
  const remove = () => {
    const files = program.files.filter((one) => one.name !== shown);
    const first = files[0]?.name ?? '';
    change_program({ files, entry: program.entry === shown ? first : program.entry });
    show(first);
  };
  const named = (name: string) => {
    if (naming === 'add') {
      change_program({ files: [...program.files, { name, content: '' }] });
    } else {
      change_program({
        files: program.files.map((one) => (one.name === shown ? { ...one, name } : one)),
        entry: program.entry === shown ? name : program.entry,
      });
    }
    set_naming(null);
    show(name);
  };

  return (
    <div class="files">
      <div ref={list} class="tabs" role="tablist" aria-label="Files" onKeyDown={move}>
        {names.map((name, index) => (
          <button
            key={name} type="button" role="tab" id={`file-tab-${index}`} aria-selected={name === shown} aria-controls="editor-panel"
            tabIndex={name === shown ? 0 : -1} onClick={() => show(name)} onDblClick={() => set_naming('rename')}
          >
            <Given text={name} />
          </button>
        ))}
      </div>
      <div class="row file-actions">
        <button type="button" class="quiet" disabled={names.length >= kMostFiles} onClick={() => set_naming('add')}>Add a file</button>
        <button type="button" class="quiet" onClick={() => set_naming('rename')}>Rename</button>
        {names.length > 1 && <button type="button" class="quiet" onClick={remove} aria-label={`Delete ${shown}`}>Delete</button>}
        {names.length > 1 && (
          <label class="row">Starts with
            <select value={program.entry} onChange={(event) => change_program({ entry: event.currentTarget.value })}>
              {names.map((name) => <option key={name} value={name}>{visible_name(name)}</option>)}
            </select>
          </label>
        )}
      </div>
      {naming !== null && (
        <NameForm
          key={naming} start={naming === 'add' ? '' : shown} others={names.filter((name) => naming === 'add' || name !== shown)}
          done={named} cancel={() => set_naming(null)}
        />
      )}
    </div>
  );
}

function NameForm({ start, others, done, cancel }: {
  start: string; others: readonly string[]; done: (name: string) => void; cancel: () => void;
}) {
  const [name, set_name] = useState(start);
  const [wrong, set_wrong] = useState<string | null>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    const why = wrong_file_name(name.trim(), others);
    set_wrong(why);
    if (why === null) done(name.trim());
  };
  return (
    <form class="row name-form" onSubmit={submit} onKeyDown={(event) => { if (event.key === 'Escape') cancel(); }}>
      <label class="row">Name
        <input
          ref={(input) => { if (input && document.activeElement?.closest('.name-form') === null) input.focus(); }}
          value={name} onInput={(event) => set_name(event.currentTarget.value)} aria-invalid={wrong !== null}
          aria-describedby={wrong === null ? undefined : 'name-wrong'} spellcheck={false} autocapitalize="off" autocomplete="off"
        />
      </label>
      <button type="submit">{start === '' ? 'Add' : 'Rename'}</button>
      <button type="button" class="quiet" onClick={cancel}>Cancel</button>
      {wrong !== null && <span id="name-wrong" class="field-error" role="alert">{wrong}</span>}
    </form>
  );
}
