import { useCallback, useEffect, useState } from 'preact/hooks';
import { use_loaded } from '../api/use_loaded';
import { CodeEditor, plain_editor } from '../components/code_editor';
import type { ViewProps } from '../components/lazy_view';
import { Failed, Loading, Notice } from '../components/states';
import type { Diagnostic } from '../lib/diagnostics';
import { find_language, load_languages } from '../lib/languages';
import { link_to } from '../lib/route';
import { navigate } from '../lib/router';
import { use_store } from '../lib/store';
import { DiagnosticsList } from '../run/diagnostics_list';
import { FileTabs } from '../run/file_tabs';
import { InputPanel, OptionsPanel } from '../run/input_panel';
import { CompilerPanel, OutputPanel } from '../run/output_panel';
import { sample_program, type Program } from '../run/program';
import { bring_back, change_file, kept, open_program, program, program_before } from '../run/program_store';
import { ResultPanel, RunStatus } from '../run/result_panel';
import { run, start_run } from '../run/runner';
import { unpack_program } from '../run/share';
import { Toolbar } from '../run/toolbar';
import '../styles/run.css';

/// Whom nobody told what to begin with.
const kFirst = 'python';

export default function RunView({ route }: ViewProps) {
  const [languages, again] = use_loaded(load_languages, []);
  const now = use_store(program);
  const link = use_shared_link(route.params[0]);

  useEffect(() => {
    if (languages.state !== 'ready' || program.value !== null) return;
    const first = find_language(languages.value, kFirst);
    const language = first?.available ? first : languages.value.find((one) => one.available) ?? first ?? languages.value[0];
    if (language) program.set(sample_program(language));
  }, [languages, now]);

  return (
    <div class="run">
      <h1 class="hidden">Run a program</h1>
      {link.message !== null && <Notice kind={link.bad ? 'danger' : 'info'} on_close={link.close}>{link.message}</Notice>}
      {languages.state === 'failed' && <Failed what="The languages could not be loaded." error={languages.error} retry={again} />}
      {now === null
        ? languages.state === 'loading' && <Loading what="the languages" />
        : <Workbench now={now} languages={languages.value ?? []} />}
    </div>
  );
}

/// A program that came inside the address is opened, and the address forgets it: what is changed is kept as always.
function use_shared_link(packed: string | undefined) {
  const [message, set_message] = useState<string | null>(null);
  const [bad, set_bad] = useState(false);
  useEffect(() => {
    if (packed === undefined) return;
    void unpack_program(packed).then((shared) => {
      const opened = shared !== null && open_program(shared);
      set_bad(!opened);
      set_message(opened ? 'This program came with the link. It runs when you say so.' : 'This link holds no program: perhaps a part of it was lost.');
      navigate(link_to('run'), { replace: true });
    });
  }, [packed]);
  return { message, bad, close: () => set_message(null) };
}

function Workbench({ now, languages }: { now: Program; languages: Parameters<typeof find_language>[0] }) {
  const state = use_store(run);
  const before = use_store(program_before);
  const stored = use_store(kept);
  const plain = use_store(plain_editor);
  const [chosen, set_chosen] = useState(now.entry);
  const [reveal, set_reveal] = useState<{ line: number; column: number | null } | null>(null);
  const language = find_language(languages, now.language);
  const shown = now.files.find((one) => one.name === chosen) ?? now.files.find((one) => one.name === now.entry) ?? now.files[0];
  const start = useCallback(() => {
    if (program.value !== null) start_run(program.value, find_language(languages, program.value.language));
  }, [languages]);
  const show_diagnostic = (one: Diagnostic) => {
    set_chosen(one.file);
    set_reveal({ line: one.line, column: one.column });
  };
  if (!shown) return null;
  return (
    <div
      class="workbench"
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
        event.preventDefault();
        start();
      }}
    >
      <Toolbar program={now} languages={languages} language={language} state={state} start={start} />
      {before !== null && (
        <Notice on_close={() => program_before.set(null)}>
          The program that was here before is kept. <button type="button" onClick={bring_back}>Bring it back</button>
        </Notice>
      )}
      {!stored && <Notice kind="warning">This browser keeps nothing: the program is lost when the page is closed.</Notice>}
      <div class="columns">
        <div class="column">
          <FileTabs program={now} shown={shown.name} show={set_chosen} />
          <div id="editor-panel" class="editor-panel" role="tabpanel" aria-labelledby={`file-tab-${now.files.indexOf(shown)}`}>
            <CodeEditor
              label={`Program, ${shown.name}`} language={now.language} path={shown.name} paths={now.files.map((one) => one.name)}
              value={shown.content} on_change={change_file} diagnostics={state.diagnostics} reveal={reveal}
              on_run={start} on_escape={() => document.getElementById('run-button')?.focus()}
            />
          </div>
          <div class="row editor-notes">
            <label class="row small">
              <input type="checkbox" checked={plain} onChange={(event) => plain_editor.set(event.currentTarget.checked)} />
              Plain text field
            </label>
            <span class="muted small"><kbd>Ctrl</kbd>+<kbd>Enter</kbd> runs, <kbd>Esc</kbd> leaves the editor</span>
          </div>
          <DiagnosticsList diagnostics={state.diagnostics} show={show_diagnostic} />
          <OptionsPanel program={now} />
        </div>
        <div class="column">
          <InputPanel program={now} start={start} />
          <RunStatus state={state} />
          <ResultPanel state={state} retry={start} />
          <CompilerPanel state={state} />
          {(now.mode === 'input' && state.mode === 'input') && <OutputPanel state={state} />}
        </div>
      </div>
    </div>
  );
}
