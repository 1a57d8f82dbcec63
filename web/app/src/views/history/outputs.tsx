import { is_over, type Execution } from '../../api/types';
import { Given } from '../../components/given';
import { OutputText } from '../../components/output_text';
import { SaveArtifact } from '../../run/save_artifact';

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
                <span class="mono"><Given text={one.name} /></span>{' '}
                {one.error !== undefined ? <span class="bad">{one.error}</span> : <SaveArtifact execution_id={execution.execution_id} artifact={one} text="Save" />}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
