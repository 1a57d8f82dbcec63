import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { ApiError } from '../../api/errors';
import { is_over, type Execution, type Language } from '../../api/types';
import { use_loaded } from '../../api/use_loaded';
import { Given } from '../../components/given';
import { OutcomeBadge } from '../../components/outcome_badge';
import { Empty, Failed, Loading } from '../../components/states';
import { await_end } from '../../lib/await_end';
import { format_kb, format_ms, format_share, format_time } from '../../lib/figures';
import { signal_name } from '../../run/run_outcome';
import { language_name, load_languages } from '../../lib/languages';
import { link_to } from '../../lib/route';
import { Actions } from './actions';
import { Outputs } from './outputs';
import type { Submitted } from './resubmit';
import { Sources } from './sources';
import { TestTable } from './test_table';

function Facts({ execution, languages }: { execution: Execution; languages: readonly Language[] }) {
  const facts: [string, string][] = [
    ['Language', `${language_name(languages, execution.language)} ${execution.version}`],
    ['Submitted', format_time(execution.created_at)],
    ['Waited', format_ms(execution.queue_ms)],
    ['Ran for', format_ms(execution.execution_time)],
    ['Processor time', format_ms(execution.cpu_time_ms)],
    ['Memory', format_kb(execution.memory_kb)],
  ];
  if (execution.exit_code !== null) facts.push(['Exit code', String(execution.exit_code)]);
  if (execution.signal !== null) facts.push(['Signal', signal_name(execution.signal)]);
  if (execution.score !== null) facts.push(['Score', format_share(execution.score)]);
  if (execution.attempt > 1) facts.push(['Attempt', String(execution.attempt)]);
  return (
    <dl class="facts">
      {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}

/// The execution, followed to its end.
function use_execution(id: string): { execution: Execution | null; error: unknown; again: () => void } {
  const [execution, set_execution] = useState<Execution | null>(null);
  const [error, set_error] = useState<unknown>(null);
  const [round, set_round] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    set_execution(null);
    set_error(null);
    await_end(id, abort.signal, (now) => { if (!abort.signal.aborted) set_execution(now); })
      .catch((reason: unknown) => { if (!abort.signal.aborted) set_error(reason); });
    return () => abort.abort();
  }, [id, round]);
  return { execution, error, again: () => set_round(round + 1) };
}

export function HistoryDetails({ id }: { id: string }) {
  const { execution, error, again } = use_execution(id);
  const [languages] = use_loaded(() => load_languages(), []);
  const [submission] = use_loaded(
    (signal) => api.get<Submitted>(`executions/${encodeURIComponent(id)}/submission`, { signal }), [id]);
  const back = <p><a href={link_to('history')}>← History</a></p>;

  if (error instanceof ApiError && error.status === 404) {
    return <>{back}<Empty title="There is no such execution."><p>It was deleted, or it is somebody else's.</p></Empty></>;
  }
  if (execution === null) {
    return <>{back}{error !== null ? <Failed what="The execution could not be loaded." error={error} retry={again} /> : <Loading what="the execution" />}</>;
  }
  return (
    <>
      {back}
      <div class="view-head">
        <h1>Execution</h1>
        <span role="status"><OutcomeBadge execution={execution} /></span>
      </div>
      {error !== null && <Failed what="It could not be followed any more." error={error} retry={again} />}
      {execution.message !== null && <p><Given text={execution.message} /></p>}
      {!is_over(execution.status) && <p class="muted"><span class="spinner" aria-hidden="true" /> This page shows the result as soon as it is over.</p>}
      <Actions execution={execution} submission={submission.value} languages={languages.value ?? []} />
      <Facts execution={execution} languages={languages.value ?? []} />
      {execution.problem_id !== undefined && (
        <p>An answer to a problem: <a href={link_to('problems', [execution.problem_id])}>the problem</a>, <a href={link_to('history', [], { problem_id: execution.problem_id })}>all answers to it</a></p>
      )}
      {execution.tests.length > 0 && <TestTable tests={execution.tests} />}
      <Outputs execution={execution} />
      <Sources loaded={submission} />
    </>
  );
}
