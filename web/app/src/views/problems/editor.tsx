import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { ApiError } from '../../api/errors';
import type { JudgeProblem } from '../../api/types';
import { use_loaded } from '../../api/use_loaded';
import { ConfirmDialog } from '../../components/confirm_dialog';
import { Empty, Failed, Loading, Notice } from '../../components/states';
import { format_time } from '../../lib/figures';
import { load_languages } from '../../lib/languages';
import { link_to } from '../../lib/route';
import { navigate } from '../../lib/router';
import { use_signed_in } from '../../lib/signed_in';
import { body_of, draft_of, Mistakes, new_draft, type Draft } from './draft';
import { read_draft, write_draft } from './draft_store';
import { ProblemForm } from './form';

/// Whether a failure means that others changed the problem at the same time.
function is_conflict(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 409 || error.status === 412);
}

function Conflict({ theirs, on_load, on_overwrite }: { theirs: JudgeProblem; on_load: () => void; on_overwrite: () => void }) {
  return (
    <Notice kind="warning">
      <p>It is not saved: this problem was changed elsewhere, at {format_time(theirs.updated_at)}, after you opened it.</p>
      <div class="row">
        <button type="button" onClick={on_load}>Load that, and lose mine</button>
        <button type="button" class="danger" onClick={on_overwrite}>Save mine over it</button>
      </div>
    </Notice>
  );
}

/// What became of saving a problem.
export interface Said {
  id: string;
  text: string;
}

function Editing({ known, said, on_saved }: { known: JudgeProblem | null; said: string | null; on_saved: (said: Said | null) => void }) {
  const id = known?.problem_id ?? null;
  const [kept, set_kept] = useState(() => read_draft(id));
  // What was changed elsewhere since the kept one was begun is seen before it is saved.
  const [base, set_base] = useState(() => (known !== null && kept?.based_on ? { ...known, updated_at: kept.based_on } : known));
  const [draft, set_draft] = useState<Draft>(() => kept?.draft ?? (known === null ? new_draft() : draft_of(known)));
  const [changed, set_changed] = useState(kept !== null);
  const [busy, set_busy] = useState(false);
  const [error, set_error] = useState<unknown>(null);
  const [theirs, set_theirs] = useState<JudgeProblem | null>(null);
  const [deleting, set_deleting] = useState(false);
  const [languages] = use_loaded(() => load_languages(), []);
  const signed_in = use_signed_in();
  const form = useRef<HTMLFormElement>(null);
  const mistakes = useMemo(() => new Mistakes(error instanceof ApiError ? error.fields : []), [error]);
  const signed_out = error instanceof ApiError && error.status === 401;
  const latest = useRef(draft);
  const path = base === null ? 'problems' : `problems/${encodeURIComponent(base.problem_id)}`;

  useEffect(() => {
    if (!changed) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [changed]);
  // To the first mistake.
  useEffect(() => { if (mistakes.any) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(); }, [mistakes]);

  const change = (part: Partial<Draft>) => {
    const next = { ...latest.current, ...part };
    latest.current = next;
    set_draft(next);
    set_changed(true);
    write_draft(id, { based_on: base?.updated_at ?? null, draft: next });
    on_saved(null);
  };
  const over = () => {
    set_changed(false);
    set_kept(null);
    write_draft(id, null);
  };
  const start_with = (problem: JudgeProblem | null) => {
    set_base(problem);
    set_draft(latest.current = problem === null ? new_draft() : draft_of(problem));
    set_theirs(null);
    set_error(null);
    over();
  };
  const save = async (overwrite: boolean) => {
    set_busy(true);
    set_error(null);
    set_theirs(null);
    on_saved(null);
    try {
      if (base === null) {
        const made = await api.post<JudgeProblem>(path, body_of(draft), { expect_401: true });
        over();
        on_saved({ id: made.problem_id, text: 'The problem is made.' });
        navigate(link_to('problems', [made.problem_id, 'edit']), { replace: true });
        return;
      }
      const now = await api.get<JudgeProblem>(path, { expect_401: true });
      if (now.updated_at !== base.updated_at && !overwrite) {
        set_theirs(now);
      } else {
        start_with(await api.put<JudgeProblem>(path, body_of(draft), { expect_401: true }));
        on_saved({ id: base.problem_id, text: 'Saved.' });
      }
    } catch (reason) {
      set_error(reason);
    }
    set_busy(false);
  };
  const remove = async () => {
    await api.delete(path);
    over();
    navigate(link_to('problems'), { replace: true });
  };

  return (
    <form ref={form} class="stack problem-form" onSubmit={(event) => { event.preventDefault(); void save(false); }}>
      {!signed_in && base === null && (
        <Notice>You are not signed in: the problem will belong to your network address. <a href={link_to('account')}>Sign in</a></Notice>
      )}
      {kept !== null && (
        <Notice>
          This is what you wrote before and did not save. <button type="button" onClick={() => start_with(known)}>Discard it</button>
        </Notice>
      )}
      {said !== null && <Notice kind="ok">{said}</Notice>}
      {theirs !== null && <Conflict theirs={theirs} on_load={() => start_with(theirs)} on_overwrite={() => void save(true)} />}
      {error !== null && signed_out && (
        <Notice kind="danger">
          It is not saved: your sign-in is no longer valid. What you wrote is kept in this tab. <a href={link_to('account')}>Sign in again</a>
        </Notice>
      )}
      {error !== null && !signed_out && !mistakes.any && (
        <Failed what={base !== null && is_conflict(error) ? 'It is not saved: it is being changed elsewhere at this moment.' : 'It is not saved.'} error={error} />
      )}
      <ProblemForm draft={draft} languages={languages.value ?? []} mistakes={mistakes} on_change={change} />
      <div class="row actions">
        <button type="submit" class="primary" disabled={busy}>{base === null ? 'Make the problem' : 'Save'}</button>
        {base !== null && <a class="button" href={link_to('problems', [base.problem_id])}>Show it</a>}
        {base !== null && <button type="button" class="danger" onClick={() => set_deleting(true)}>Delete</button>}
      </div>
      {deleting && base !== null && (
        <ConfirmDialog title="Delete this problem?" action="Delete" on_confirm={remove} on_close={() => set_deleting(false)}>
          <p>“{base.title}” is removed for everybody, with its tests. Answers that were given stay in the histories.</p>
        </ConfirmDialog>
      )}
    </form>
  );
}

export function ProblemEditor({ id, said, on_saved }: { id: string | null; said: Said | null; on_saved: (said: Said | null) => void }) {
  const [problem, again] = use_loaded(
    (signal) => (id === null ? Promise.resolve(null) : api.get<JudgeProblem>(`problems/${encodeURIComponent(id)}`, { signal })), [id]);
  return (
    <>
      <p><a href={link_to('problems')}>← Problems</a></p>
      <h1>{id === null ? 'New problem' : 'Edit a problem'}</h1>
      {problem.state === 'loading' && <Loading what="the problem" />}
      {problem.state === 'failed' && (problem.error instanceof ApiError && problem.error.status === 404
        ? <Empty title="There is no such problem." />
        : <Failed what="The problem could not be loaded." error={problem.error} retry={again} />)}
      {problem.state === 'ready' && (problem.value !== null && !problem.value.editable
        ? <Empty title="Only its author can change this problem."><a href={link_to('problems', [problem.value.problem_id])}>Show it</a></Empty>
        : <Editing known={problem.value} said={said !== null && said.id === id ? said.text : null} on_saved={on_saved} />)}
    </>
  );
}
