import type { Diagnostic } from '../lib/diagnostics';
import { Given } from '../components/given';

const kNames = { error: 'Error', warning: 'Warning', info: 'Note' };

/// What is marked in the editor, as a list that leads there.
export function DiagnosticsList({ diagnostics, show }: { diagnostics: readonly Diagnostic[]; show: (one: Diagnostic) => void }) {
  if (diagnostics.length === 0) return null;
  return (
    <section class="diagnostics" aria-label="Marked lines">
      <ul>
        {diagnostics.map((one) => (
          <li key={`${one.file}:${one.line}:${one.message}`}>
            <button type="button" class={`quiet ${one.severity}`} onClick={() => show(one)}>
              <strong>{kNames[one.severity]}</strong> <span class="mono"><Given text={one.file} />:{one.line}</span> <Given text={one.message} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
