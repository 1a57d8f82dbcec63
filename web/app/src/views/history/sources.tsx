import type { Loaded } from '../../api/use_loaded';
import { Failed, Loading } from '../../components/states';
import { Given } from '../../components/given';
import { OutputText } from '../../components/output_text';
import { text_of, type Submitted } from './resubmit';

/// What was submitted.
export function Sources({ loaded }: { loaded: Loaded<Submitted> }) {
  if (loaded.state === 'loading') return <Loading what="the program" />;
  if (loaded.state === 'failed') return <Failed what="The program could not be loaded." error={loaded.error} />;
  const { files, stdin = '', args = [] } = loaded.value;
  return (
    <section>
      <h2>Program</h2>
      {files.map((file) => (
        <details key={file.name} open={files.length === 1}>
          <summary class="mono"><Given text={file.name} /></summary>
          {text_of(file) === null
            ? <p class="muted">This file is no text.</p>
            : <OutputText text={file.content} label={`Source of ${file.name}`} />}
        </details>
      ))}
      {args.length > 0 && <p>Arguments: {args.map((arg, index) => <code key={index} class="argument"><Given text={arg} /></code>)}</p>}
      {stdin !== '' && (
        <details>
          <summary>Input</summary>
          <OutputText text={stdin} label="Input" />
        </details>
      )}
    </section>
  );
}
