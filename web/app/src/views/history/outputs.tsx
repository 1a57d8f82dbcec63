import { is_over, type Artifact, type Execution } from '../../api/types';
import { OutputText } from '../../components/output_text';

/// As a file that the browser saves; its type is one that no browser shows as a page.
function save(artifact: Artifact): void {
  const text = artifact.content ?? '';
  const bytes = artifact.encoding === 'base64' ? Uint8Array.from(atob(text), (c) => c.charCodeAt(0)) : new TextEncoder().encode(text);
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = artifact.name.replace(/^.*\//, '');
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export function Outputs({ execution }: { execution: Execution }) {
  if (!is_over(execution.status)) return null;
  const { compile } = execution;
  return (
    <>
      {compile !== null && (compile.stdout !== '' || compile.stderr !== '') && (
        <section>
          <h2>Compiler</h2>
          <OutputText text={compile.stdout + compile.stderr} label="The compiler's output" />
        </section>
      )}
      {execution.tests.length === 0 && (
        <section>
          <h2>Output</h2>
          <OutputText text={execution.stdout ?? ''} label="Output" truncated={execution.stdout_truncated ?? false} />
        </section>
      )}
      {(execution.stderr ?? '') !== '' && (
        <section>
          <h2>Errors</h2>
          <OutputText text={execution.stderr ?? ''} label="Errors" truncated={execution.stderr_truncated ?? false} />
        </section>
      )}
      {execution.artifacts.length > 0 && (
        <section>
          <h2>Files</h2>
          <ul>
            {execution.artifacts.map((one) => (
              <li key={one.name}>
                <span class="mono">{one.name}</span>{' '}
                {one.error !== undefined ? <span class="bad">{one.error}</span> : <button type="button" onClick={() => save(one)}>Save</button>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
