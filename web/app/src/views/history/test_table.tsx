import type { TestResult } from '../../api/types';
import { Given } from '../../components/given';
import { VerdictBadge } from '../../components/outcome_badge';
import { format_kb, format_ms } from '../../lib/figures';

export function TestTable({ tests }: { tests: TestResult[] }) {
  return (
    <section>
      <h2>Tests</h2>
      <table class="cards-on-phones">
        <caption class="hidden">Results of the tests</caption>
        <thead>
          <tr><th scope="col">Test</th><th scope="col">Verdict</th><th scope="col">Time</th><th scope="col">Memory</th><th scope="col">Message</th></tr>
        </thead>
        <tbody>
          {tests.map((test, index) => (
            <tr key={index}>
              <td><Given text={test.name} /></td>
              <td><VerdictBadge verdict={test.verdict} /></td>
              <td data-label="Time">{format_ms(test.execution_time)}</td>
              <td data-label="Memory">{format_kb(test.memory_kb)}</td>
              <td>{test.message !== '' && <Given text={test.message} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
