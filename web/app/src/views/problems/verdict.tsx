import { useState } from 'preact/hooks';
import type { Execution, JudgeProblem } from '../../api/types';
import { Given } from '../../components/given';
import { OutcomeBadge, VerdictBadge } from '../../components/outcome_badge';
import { OutputText } from '../../components/output_text';
import { format_kb, format_ms, format_share } from '../../lib/figures';
import { link_to } from '../../lib/route';
import { Difference } from './lines';
import { pair_tests, passed_count, type JudgedTest } from './judged';

function Inside({ result, test }: JudgedTest) {
  if (test === null) {
    return <p class="muted">{/^hidden \d+$/.test(result.name) ? 'What a hidden test holds and gets is its author’s secret.' : 'The problem has changed since.'}</p>;
  }
  const written = result.stdout ?? '';
  const passed = result.verdict === 'PASSED';
  return (
    <>
      {test.stdin !== '' && <><h4>Input</h4><OutputText text={test.stdin} label={`Input of ${result.name}`} /></>}
      <h4>{test.expected_output === null || passed ? 'Output' : 'Expected and written'}</h4>
      {test.expected_output === null || passed || result.verdict === 'SKIPPED'
        ? <OutputText text={written} label={`Output of ${result.name}`} />
        : <Difference expected={test.expected_output} actual={written} />}
    </>
  );
}

function Test({ judged, open }: { judged: JudgedTest; open: boolean }) {
  const { result } = judged;
  // Comparing takes a moment, and there may be a thousand tests.
  const [seen, set_seen] = useState(open);
  return (
    <li>
      <details class="card" open={open} onToggle={(event) => { if (event.currentTarget.open) set_seen(true); }}>
        <summary>
          <span class="test-name"><Given text={result.name} /></span> <VerdictBadge verdict={result.verdict} />{' '}
          <span class="muted small">{format_ms(result.execution_time)} · {format_kb(result.memory_kb)}</span>
        </summary>
        {result.message !== '' && <p><Given text={result.message} /></p>}
        {seen && <Inside {...judged} />}
      </details>
    </li>
  );
}

/// How an answer was judged: all tests in their order, the first that failed unfolded.
export function VerdictView({ execution, problem }: { execution: Execution; problem: JudgeProblem }) {
  const judged = pair_tests(execution.tests, problem.tests);
  const solved = execution.status === 'COMPLETED';
  const first = judged.findIndex(({ result }) => result.verdict !== 'PASSED' && result.verdict !== 'SKIPPED');
  const { compile } = execution;
  return (
    <section aria-label="Result">
      <div role="status">
        <h2 class={solved ? 'ok' : 'bad'}>
          {solved ? 'Solved' : 'Not solved'}
          {execution.tests.length > 0 && `: ${passed_count(execution.tests)} of ${execution.tests.length} tests passed`}
        </h2>
      </div>
      <p class="row">
        <OutcomeBadge execution={execution} />
        {execution.score !== null && <span>Score {format_share(execution.score)}</span>}
        <a href={link_to('history', [execution.execution_id])}>Details</a>
      </p>
      {execution.message !== null && <p><Given text={execution.message} /></p>}
      {compile !== null && compile.status !== 'COMPLETED' && <OutputText text={compile.stdout + compile.stderr} label="The compiler's output" />}
      {execution.tests.length > 0
        ? <ol class="plain-list">{judged.map((one, index) => <Test key={index} judged={one} open={index === first} />)}</ol>
        : (execution.stdout ?? '') + (execution.stderr ?? '') !== '' && <OutputText text={`${execution.stdout ?? ''}${execution.stderr ?? ''}`} label="Output" />}
    </section>
  );
}
