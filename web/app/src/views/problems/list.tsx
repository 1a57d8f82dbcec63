import { api } from '../../api/client';
import type { JudgeProblemEntry, JudgeProblemList } from '../../api/types';
import { Given } from '../../components/given';
import { Empty, Failed, Loading } from '../../components/states';
import { count_of } from '../../lib/figures';
import { use_paged } from '../../lib/paged';
import { link_to, type Route } from '../../lib/route';
import { navigate } from '../../lib/router';
import { use_signed_in } from '../../lib/signed_in';

function Entry({ problem }: { problem: JudgeProblemEntry }) {
  const hidden = problem.hidden_test_count === 0 ? '' : `, ${problem.hidden_test_count} hidden`;
  return (
    <li class="card problem-entry">
      <a href={link_to('problems', [problem.problem_id])}><Given text={problem.title} /></a>
      <span class="muted small">{count_of(problem.test_count, 'test')}{hidden} · {problem.time_limit} s</span>
      {problem.editable && <a class="button" href={link_to('problems', [problem.problem_id, 'edit'])} aria-label={`Edit ${problem.title}`}>Edit</a>}
    </li>
  );
}

export function ProblemList({ route }: { route: Route }) {
  const mine = route.query.get('mine') === 'true';
  const signed_in = use_signed_in();
  const list = use_paged<JudgeProblemEntry>(async (cursor, signal) => {
    const query = { mine: mine ? 'true' : '', limit: 50, cursor: cursor ?? '' };
    const page = await api.get<JudgeProblemList>('problems', { query, signal });
    return { items: page.problems, next_cursor: page.next_cursor };
  }, `${signed_in} ${mine}`);
  return (
    <>
      <div class="view-head">
        <h1>Problems</h1>
        <a class="button" href={link_to('problems', ['new'])}>New problem</a>
        <label class="row">
          <input type="checkbox" checked={mine}
            onChange={(event) => navigate(link_to('problems', [], event.currentTarget.checked ? { mine: 'true' } : {}), { replace: true })} />
          Only mine
        </label>
      </div>
      {list.items !== null && <ul class="plain-list">{list.items.map((one) => <Entry key={one.problem_id} problem={one} />)}</ul>}
      {list.items?.length === 0 && (
        <Empty title={mine ? 'You have written no problem yet.' : 'There are no problems yet.'}>
          <a href={link_to('problems', ['new'])}>Write one</a>
        </Empty>
      )}
      {list.error !== null && (
        <Failed what="The problems could not be loaded." error={list.error} retry={list.retry} />
      )}
      {list.loading && list.items === null && <Loading what="the problems" />}
      {list.more && <button type="button" disabled={list.loading} onClick={list.load_more}>Show more</button>}
    </>
  );
}
