import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Artifact, Execution } from '../api/types';
import { Given } from '../components/given';
import { Failed, Notice } from '../components/states';
import { format_kb, format_ms } from '../lib/figures';
import { artifact_bytes, picture_data_url, picture_type, shown_type } from './download';
import { run_outcome, signal_name } from './run_outcome';
import type { RunState } from './runner';
import { SaveArtifact } from './save_artifact';

const kPhases: Record<RunState['phase'], string> = {
  idle: '', sending: 'Sending the program…', queued: 'Waiting for a free place…', compiling: 'Compiling…', running: 'Running…',
  over: '', refused: '',
};

/// One line about where the run is, read aloud when it changes.
export function RunStatus({ state }: { state: RunState }) {
  const outcome = state.execution === null ? null : run_outcome(state.execution);
  const text = state.connection === 'lost' ? 'The connection was lost. Connecting again…'
    : state.stopping ? 'Stopping…' : outcome?.title ?? kPhases[state.phase];
  return (
    <p class={`run-status ${outcome?.tone ?? ''}`} role="status" data-phase={state.phase}>
      {text}{state.connection === 'restored' && state.phase !== 'over' ? ' (connected again; nothing was lost)' : ''}
    </p>
  );
}

export function ResultPanel({ state, retry }: { state: RunState; retry: () => void }) {
  const { execution, error, phase, notice } = state;
  return (
    <>
      {notice !== null && phase !== 'over' && <Notice kind="warning">{notice}</Notice>}
      {phase === 'refused' && <Failed what="The program was not run to its end." error={error} retry={retry} />}
      {execution !== null && <Facts execution={execution} />}
      {execution !== null && execution.artifacts.length > 0 && <Artifacts execution={execution} />}
    </>
  );
}

function Facts({ execution }: { execution: Execution }) {
  const outcome = run_outcome(execution);
  const facts: [string, string][] = [
    ['Time', format_ms(execution.execution_time)],
    ['CPU time', format_ms(execution.cpu_time_ms)],
    ['Memory', format_kb(execution.memory_kb)],
  ];
  if (execution.exit_code !== null) facts.push(['Exit code', String(execution.exit_code)]);
  if (execution.signal !== null) facts.push(['Signal', signal_name(execution.signal)]);
  if (execution.compile !== null) {
    facts.push(['Compiled in', execution.compile.cached ? 'earlier' : format_ms(execution.compile.execution_time)]);
  }
  facts.push(['Waited', format_ms(execution.queue_ms)], ['Version', execution.version]);
  return (
    <section class="run-facts" aria-label="Result">
      {outcome.detail !== '' && <p class="pre-line"><Given text={outcome.detail} /></p>}
      <dl>
        {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      {execution.stdout_truncated && <p class="warning">The output was cut at its limit: the program wrote more.</p>}
      {execution.stderr_truncated && <p class="warning">The error output was cut at its limit: the program wrote more.</p>}
    </section>
  );
}

function Artifacts({ execution }: { execution: Execution }) {
  return (
    <section class="run-artifacts" aria-label="Files">
      <h3>Files</h3>
      <ul>
        {execution.artifacts.map((one) => (
          <li key={one.name}>
            {one.error === undefined
              ? <ArtifactView execution_id={execution.execution_id} artifact={one} />
              : <span><span class="mono"><Given text={one.name} /></span>: <span class="warning">{one.error}</span></span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function ArtifactView({ execution_id, artifact }: { execution_id: string; artifact: Artifact }) {
  // One that has to be fetched is not shown by itself.
  const inline = artifact.content !== undefined;
  const type = useMemo(() => inline ? shown_type(artifact) : null, [artifact]);
  const [url, set_url] = useState<string | null>(null);
  const [broken, set_broken] = useState(false);
  useEffect(() => {
    if (type === null) return;
    set_broken(false);
    const data = picture_data_url(artifact, type);
    if (data !== null) {
      set_url(data);
      return;
    }
    const made = URL.createObjectURL(new Blob([artifact_bytes(artifact)], { type }));
    set_url(made);
    return () => URL.revokeObjectURL(made);
  }, [artifact, type]);
  return (
    <>
      <div class="row">
        <span class="mono"><Given text={artifact.name} /></span>
        <SaveArtifact execution_id={execution_id} artifact={artifact} text="Download" />
      </div>
      {url !== null && !broken && <img src={url} alt={`The picture ${artifact.name}`} onError={() => set_broken(true)} />}
      {inline && type === null && picture_type(artifact.name) !== null && <p class="warning">This picture would hold up the page: download it to see it.</p>}
      {broken && <p class="warning">This is no picture that the browser can show.</p>}
    </>
  );
}
