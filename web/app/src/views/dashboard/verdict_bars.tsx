import type { Language } from '../../api/types';
import { format_ms } from '../../lib/figures';
import { language_name } from '../../lib/languages';
import { status_name } from '../../lib/outcome';
import type { LanguageVerdicts } from './series';

/// For each language what became of its executions, in figures and as a bar.
export function VerdictBars({ verdicts, languages }: { verdicts: LanguageVerdicts[]; languages: readonly Language[] }) {
  return (
    <section class="card">
      <h2>Outcomes by language</h2>
      <table class="cards-on-phones">
        <caption class="hidden">Outcomes by language</caption>
        <thead>
          <tr><th scope="col">Language</th><th scope="col">Executions</th><th scope="col">Outcomes</th><th scope="col">Half ran within</th><th scope="col">99 % ran within</th></tr>
        </thead>
        <tbody>
          {verdicts.map((one) => (
            <tr key={one.language}>
              <td>{language_name(languages, one.language)}</td>
              <td data-label="Executions">{one.total}</td>
              <td class="outcomes">
                <span class="bar" aria-hidden="true">
                  {one.parts.map(({ status, count }) => <span key={status} class={`part part-${status.toLowerCase()}`} style={{ flexGrow: count }} />)}
                </span>
                <span class="small">{one.parts.map(({ status, count }) => `${count} ${status_name(status).toLowerCase()}`).join(', ')}</span>
              </td>
              <td data-label="Half ran within">{format_ms(one.p50)}</td>
              <td data-label="99 % ran within">{format_ms(one.p99)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
