import { useEffect, useState } from 'preact/hooks';
import type { ComponentType } from 'preact';
import type { JudgeProblem } from '../../api/types';
import { Given } from '../../components/given';
import { LongText } from '../../components/long_text';
import { OutputText } from '../../components/output_text';

/// Markdown, once its reader is there; the text itself until then.
function Description({ text }: { text: string }) {
  const [Markdown, set_markdown] = useState<ComponentType<{ text: string }> | null>(null);
  useEffect(() => {
    let shown = true;
    import('./markdown').then((module) => { if (shown) set_markdown(() => module.default); }, () => undefined);
    return () => { shown = false; };
  }, []);
  return Markdown === null ? <div class="pre-wrap"><LongText text={text} /></div> : <Markdown text={text} />;
}

export function ProblemText({ problem }: { problem: JudgeProblem }) {
  const examples = problem.tests.filter((test) => !test.hidden).slice(0, 3);
  const memory = problem.memory_limit_kb;
  return (
    <section aria-label="The problem" class="problem-text">
      {problem.description === '' ? <p class="muted">It has no description.</p> : <Description text={problem.description} />}
      <p class="muted small">
        Time limit {problem.time_limit} s{memory === null ? '' : `, memory limit ${memory} KiB`}; {problem.test_count} tests,{' '}
        {problem.hidden_test_count} of them hidden.
      </p>
      {examples.length > 0 && <h2>Examples</h2>}
      {examples.map((test, index) => (
        <details key={index} open={index === 0}>
          <summary><Given text={test.name} /></summary>
          {test.stdin !== '' && <><h3>Input</h3><OutputText text={test.stdin} label={`Input of ${test.name}`} /></>}
          {test.expected_output !== null && <><h3>Output</h3><OutputText text={test.expected_output} label={`Expected output of ${test.name}`} /></>}
        </details>
      ))}
    </section>
  );
}
