import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { JudgeProblem, Language } from '../../api/types';
import { use_loaded } from '../../api/use_loaded';
import { CodeEditor } from '../../components/code_editor';
import { ConfirmDialog } from '../../components/confirm_dialog';
import { Field } from '../../components/field';
import { Given } from '../../components/given';
import { Empty, Failed, Loading, Notice } from '../../components/states';
import { find_language, load_languages } from '../../lib/languages';
import { visible_name } from '../../lib/visible';
import { link_to } from '../../lib/route';
import { read_answer, read_answer_language, write_answer, write_answer_language } from './answer_store';
import { ProblemText } from './description';
import { use_judge } from './use_judge';
import { VerdictView } from './verdict';

/// By language id; a template may stand under an alias.
function templates_of(problem: JudgeProblem, languages: readonly Language[]): Map<string, string> {
  return new Map(Object.entries(problem.code_template).map(([name, code]) => [find_language(languages, name)?.id ?? name, code]));
}

function Workbench({ problem, languages }: { problem: JudgeProblem; languages: readonly Language[] }) {
  const id = problem.problem_id;
  const templates = useMemo(() => templates_of(problem, languages), [problem, languages]);
  // Those that the author thought of come first.
  const offered = useMemo(() => languages.filter((one) => one.available || templates.has(one.id))
    .sort((a, b) => Number(templates.has(b.id)) - Number(templates.has(a.id))), [languages, templates]);
  const [language, set_language] = useState(() => {
    const known = (name: string | null) => offered.find((one) => one.id === name)?.id;
    return known(read_answer_language(id)) ?? (templates.size > 0 ? offered[0]?.id : known('python')) ?? offered[0]?.id ?? '';
  });
  const start = (of: string) => read_answer(id, of) ?? templates.get(of) ?? '';
  const [code, set_code] = useState(() => start(language));
  const [resetting, set_resetting] = useState(false);
  const [kept, set_kept] = useState(true);
  const { judging, submit, again, cancel } = use_judge();
  const run_button = useRef<HTMLButtonElement>(null);
  const chosen = languages.find((one) => one.id === language);

  const choose = (name: string) => {
    write_answer_language(id, name);
    set_language(name);
    set_code(start(name));
    set_kept(true);
  };
  const write = (text: string) => {
    set_code(text);
    set_kept(write_answer(id, language, text === (templates.get(language) ?? '') ? null : text));
  };
  const busy = judging.state === 'running';
  const run = () => { if (!busy) submit({ language, code, problem_id: id }); };

  if (offered.length === 0) return <Empty title="Nothing can be run here at the moment." />;
  return (
    <section aria-label="Your answer" class="workbench">
      <div class="row">
        <Field label="Language">{(control) => (
          <select {...control} value={language} onChange={(event) => choose(event.currentTarget.value)}>
            {offered.map((one) => <option key={one.id} value={one.id}>{one.name}{one.available ? '' : ' (not available)'}</option>)}
          </select>
        )}</Field>
        <button type="button" class="bottom" disabled={code === (templates.get(language) ?? '')} onClick={() => set_resetting(true)}>Start over</button>
      </div>
      <div class="answer-editor">
        <CodeEditor label="Your answer" language={language} path={chosen?.file_name ?? 'main'} value={code} on_change={(_, text) => write(text)}
          on_run={run} on_escape={() => run_button.current?.focus()} />
      </div>
      {!kept && <Notice kind="warning">The answer is too long to be kept in this browser, or the browser keeps nothing: it is lost when the page is closed.</Notice>}
      <div class="row">
        <button type="button" class="primary" ref={run_button} disabled={busy} onClick={run}>Run the tests</button>
        {busy && <button type="button" onClick={cancel}>Stop</button>}
        <span class="muted small">Ctrl+Enter runs; Escape leaves the editor.</span>
      </div>
      <div aria-live="polite">
        {busy && (
          <p class="muted"><span class="spinner" aria-hidden="true" /> {judging.execution?.status === 'RUNNING' ? 'The tests run…' : 'Waiting for a free place…'}</p>
        )}
      </div>
      {judging.state === 'failed' && <Failed what="The answer could not be judged." error={judging.error} retry={again} />}
      {judging.state === 'over' && <VerdictView execution={judging.execution} problem={problem} />}
      {resetting && (
        <ConfirmDialog title="Start over?" action="Start over" on_close={() => set_resetting(false)}
          on_confirm={async () => { set_kept(write_answer(id, language, null)); set_code(templates.get(language) ?? ''); }}>
          <p>What you have written is replaced by {templates.has(language) ? 'the problem’s template' : 'nothing'}.</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

export function Solve({ id }: { id: string }) {
  const [problem, again] = use_loaded((signal) => api.get<JudgeProblem>(`problems/${encodeURIComponent(id)}`, { signal }), [id]);
  const [languages, languages_again] = use_loaded(() => load_languages(), []);
  const title = problem.value?.title;
  useEffect(() => { if (title !== undefined) document.title = `${visible_name(title)} · Runyard`; }, [title]);
  const back = <p><a href={link_to('problems')}>← Problems</a></p>;
  if (problem.state === 'failed') {
    const gone = problem.error instanceof ApiError && problem.error.status === 404;
    return <>{back}{gone ? <Empty title="There is no such problem." /> : <Failed what="The problem could not be loaded." error={problem.error} retry={again} />}</>;
  }
  if (problem.state === 'loading') return <>{back}<Loading what="the problem" /></>;
  return (
    <>
      {back}
      <div class="view-head">
        <h1><Given text={problem.value.title} /></h1>
        {problem.value.editable && <a class="button" href={link_to('problems', [id, 'edit'])}>Edit</a>}
        <a href={link_to('history', [], { problem_id: id })}>My answers</a>
      </div>
      <div class="solve">
        <ProblemText problem={problem.value} />
        {languages.state === 'ready' && <Workbench problem={problem.value} languages={languages.value} />}
        {languages.state === 'loading' && <Loading what="the languages" />}
        {languages.state === 'failed' && <Failed what="The languages could not be loaded." error={languages.error} retry={languages_again} />}
      </div>
    </>
  );
}
