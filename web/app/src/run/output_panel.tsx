import { useState } from 'preact/hooks';
import { LongText } from '../components/long_text';
import { download_text } from './download';
import { output, output_version, type RunState } from './runner';
import { count_of } from '../lib/figures';
import { use_store } from '../lib/store';
import { part_blocks } from '../lib/text_blocks';
import { visible } from '../lib/visible';
import type { Stream } from '../lib/output_buffer';

/// Characters of a compiler's output.
const kCompilerShown = 200_000;

function Pane({ title, name, text, stream }: { title: string; name: string; text: string; stream: 'stdout' | 'stderr' | 'compiler' }) {
  return (
    <div class={`pane pane-${stream}`}>
      <h3>{title}</h3>
      {/* Long ones scroll, so the keyboard must be able to get there. */}
      <pre tabIndex={0} role="group" aria-label={title} data-pane={name}><LongText text={text} /></pre>
    </div>
  );
}

function text_of(stream: Stream): string {
  return output.segments.filter((one) => one.stream === stream).map((one) => one.text).join('');
}

/// What a run with known input writes, as text and nothing else.
export function OutputPanel({ state }: { state: RunState }) {
  use_store(output_version);
  const [mixed, set_mixed] = useState(false);
  const stdout = text_of('stdout');
  const stderr = text_of('stderr');
  const both = stdout !== '' && stderr !== '';
  return (
    <section class="outputs" aria-label="Output">
      {mixed && both ? (
        <div class="pane">
          <h3>Output and errors</h3>
          <pre tabIndex={0} role="group" aria-label="Output and errors" data-pane="mixed">
            {part_blocks(output.segments).map((block, at) => (
              <span key={at} class="text-block">
                {block.map((one, index) => (
                  one.stream === 'stderr' ? <span key={index} class="stderr" title="stderr">{one.text}</span> : <span key={index}>{one.text}</span>
                ))}
              </span>
            ))}
          </pre>
        </div>
      ) : (
        <>
          <Pane title="Output" name="stdout" stream="stdout" text={stdout} />
          {stderr !== '' && <Pane title="Errors (stderr)" name="stderr" stream="stderr" text={stderr} />}
        </>
      )}
      {stdout === '' && stderr === '' && state.phase === 'over' && state.execution?.reason !== 'COMPILE_ERROR' && (
        <p class="muted">The program wrote nothing.</p>
      )}
      {output.cut && <p class="warning" role="status">There is more: only the first {count_of(shown_size(), 'character')} are shown.</p>}
      <OutputTools mixed={mixed} set_mixed={both ? set_mixed : null} />
    </section>
  );
}

function shown_size(): number {
  return output.segments.reduce((sum, one) => sum + one.text.length, 0);
}

function OutputTools({ mixed, set_mixed }: { mixed: boolean; set_mixed: ((mixed: boolean) => void) | null }) {
  if (output.total === 0) return null;
  return (
    <div class="row">
      {set_mixed && (
        <label class="row">
          <input type="checkbox" checked={mixed} onChange={(event) => set_mixed(event.currentTarget.checked)} />
          In the order of arrival
        </label>
      )}
      <button type="button" onClick={() => download_text('output.txt', output.whole())}>Download the output</button>
    </div>
  );
}

/// What the compiler said, shown where it said something.
export function CompilerPanel({ state }: { state: RunState }) {
  const compile = state.execution?.compile;
  if (!compile) return null;
  const text = [compile.stdout, compile.stderr].filter((one) => one.trim() !== '').join('\n');
  if (text === '') return null;
  return <Pane title="Compiler" name="compiler" stream="compiler" text={visible(text.slice(0, kCompilerShown))} />;
}
