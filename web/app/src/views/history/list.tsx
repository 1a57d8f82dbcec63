import { api } from '../../api/client';
import type { Execution, ExecutionList, JudgeProblem, Language } from '../../api/types';
import { use_loaded } from '../../api/use_loaded';
import { OutcomeBadge } from '../../components/outcome_badge';
import { Empty, Failed, Loading } from '../../components/states';
import { count_of, format_kb, format_ms, format_time } from '../../lib/figures';
import { language_name, load_languages } from '../../lib/languages';
import { use_paged } from '../../lib/paged';
import { link_to, type Route } from '../../lib/route';
import { navigate } from '../../lib/router';
import { use_signed_in } from '../../lib/signed_in';
import { FilterForm } from './filter_form';
import { filters_from, filters_to_address, filters_to_query, is_filtered, type Filters } from './filters';

function Rows({ executions, languages }: { executions: Execution[]; languages: readonly Language[] }) {
  return (
    <table class="cards-on-phones">
      <caption class="hidden">Executions, newest first</caption>
      <thead>
        <tr><th scope="col">Submitted</th><th scope="col">Language</th><th scope="col">Outcome</th><th scope="col">Time</th><th scope="col">Memory</th></tr>
      </thead>
      <tbody>
        {executions.map((one) => (
          <tr key={one.execution_id}>
            <td><a href={link_to('history', [one.execution_id])}>{format_time(one.created_at)}</a></td>
            <td>{language_name(languages, one.language)}{one.problem_id !== undefined && <span class="muted"> · problem</span>}</td>
            <td><OutcomeBadge execution={one} /></td>
            <td data-label="Time">{format_ms(one.execution_time)}</td>
            <td data-label="Memory">{format_kb(one.memory_kb)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function HistoryList({ route }: { route: Route }) {
  const filters = filters_from(route.query);
  const key = JSON.stringify(filters);
  const signed_in = use_signed_in();
  const [languages] = use_loaded(() => load_languages(), []);
  const [problem] = use_loaded(
    (signal) => (filters.problem_id === '' ? Promise.resolve(null)
      : api.get<JudgeProblem>(`problems/${encodeURIComponent(filters.problem_id)}`, { signal })),
    [filters.problem_id],
  );
  const list = use_paged<Execution>(async (cursor, signal) => {
    const query = { ...filters_to_query(filters, new Date()), limit: 25, cursor: cursor ?? '' };
    const page = await api.get<ExecutionList>('executions', { query, signal });
    return { items: page.executions, next_cursor: page.next_cursor };
  }, `${signed_in} ${key}`);
  const change = (changed: Filters) => navigate(link_to('history', [], filters_to_address(changed)), { replace: true });

  return (
    <>
      <div class="view-head">
        <h1>History</h1>
        <button type="button" disabled={list.loading} onClick={list.reload}>Refresh</button>
      </div>
      {!signed_in && (
        <p class="muted">You are not signed in: these are the programs that were run from your network address. <a href={link_to('account')}>Sign in</a></p>
      )}
      <FilterForm filters={filters} languages={languages.value ?? []} problem_title={problem.value?.title ?? null} on_change={change} />
      {list.items !== null && list.items.length > 0 && <Rows executions={list.items} languages={languages.value ?? []} />}
      {list.items !== null && list.items.length === 0 && (is_filtered(filters)
        ? <Empty title="No execution fits these filters." />
        : <Empty title="Nothing has been run yet."><a href={link_to('run')}>Write a program</a></Empty>)}
      {list.error !== null && (
        <Failed what="The history could not be loaded." error={list.error} retry={list.retry} />
      )}
      {list.loading && list.items === null && <Loading what="the history" />}
      {list.items !== null && list.items.length > 0 && (
        <p class="row">
          <span class="muted" role="status">{count_of(list.items.length, 'execution')}{list.more ? ', and more' : ''}</span>
          {list.more && <button type="button" disabled={list.loading} onClick={list.load_more}>Show more</button>}
        </p>
      )}
    </>
  );
}
