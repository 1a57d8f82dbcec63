import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import { is_over, type Accepted, type Execution, type Language } from '../../api/types';
import { ConfirmDialog } from '../../components/confirm_dialog';
import { Failed } from '../../components/states';
import { format_time } from '../../lib/figures';
import { link_to } from '../../lib/route';
import { navigate } from '../../lib/router';
import { open_program } from '../../run/program_store';
import { reopen } from './reopen';
import { to_resubmit, type Submitted } from './resubmit';

/// What can be done with an execution.
export function Actions({ execution, submission, languages }: {
  execution: Execution;
  /// Null until it is there.
  submission: Submitted | null;
  languages: readonly Language[];
}) {
  const [asking, set_asking] = useState(false);
  const [busy, set_busy] = useState(false);
  const [error, set_error] = useState<unknown>(null);
  const id = encodeURIComponent(execution.execution_id);

  const attempt = async (work: () => Promise<void>) => {
    set_busy(true);
    set_error(null);
    try {
      await work();
    } catch (reason) {
      set_error(reason);
    }
    set_busy(false);
  };
  const reopened = submission === null ? null : reopen(submission, languages.find((one) => one.id === submission.language));
  const open = () => {
    if (reopened !== null && open_program(reopened.program)) navigate(link_to('run'));
    else set_error(new Error('This program cannot be edited here.'));
  };
  const rerun = () => attempt(async () => {
    if (submission === null) return;
    const language = languages.find((one) => one.id === submission.language);
    const accepted = await api.post<Accepted>('executions', to_resubmit(submission, language));
    navigate(link_to('history', [accepted.execution_id]));
  });
  const cancel = () => attempt(() => api.post<void>(`executions/${id}/cancel`));
  const remove = async () => {
    await api.delete(`executions/${id}`);
    // Back would lead to what is gone.
    navigate(link_to('history'), { replace: true });
  };

  return (
    <>
      <div class="row actions">
        <button type="button" disabled={reopened === null} onClick={open}>Open in the editor</button>
        <button type="button" disabled={busy || submission === null} onClick={() => void rerun()}>Run again</button>
        {is_over(execution.status)
          ? <button type="button" class="danger" onClick={() => set_asking(true)}>Delete</button>
          : <button type="button" class="danger" disabled={busy} onClick={() => void cancel()}>Cancel</button>}
      </div>
      {reopened !== null && reopened.left_out.length > 0 && (
        <p class="muted small">The editor leaves out what is no text: {reopened.left_out.join(', ')}</p>
      )}
      {error !== null && <Failed error={error} />}
      {asking && (
        <ConfirmDialog title="Delete this execution?" action="Delete" on_confirm={remove} on_close={() => set_asking(false)}>
          <p>The program of {format_time(execution.created_at)}, its input and its output are removed for good.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
