import { useState } from 'preact/hooks';
import type { Language } from '../api/types';
import { CopyButton } from '../components/copy_button';
import { link_to } from '../lib/route';
import type { Program } from './program';
import { change_program, choose_language, show_sample } from './program_store';
import { is_busy, stop_run, type RunState } from './runner';
import { pack_program } from './share';

/// Some mail and chat programs cut longer ones.
const kLongLink = 8000;

export function Toolbar({ program, languages, language, state, start }: {
  program: Program;
  languages: readonly Language[];
  language: Language | undefined;
  state: RunState;
  start: () => void;
}) {
  const [link, set_link] = useState<string | null>(null);
  const busy = is_busy(state);
  const share = async () => {
    const packed = await pack_program(program);
    set_link(`${location.origin}${location.pathname}${location.search}${link_to('run', [packed])}`);
  };
  return (
    <>
      <div class="toolbar row" role="group" aria-label="Program">
        <label class="row">Language
          <select
            value={language?.id ?? program.language}
            onChange={(event) => {
              const chosen = languages.find((one) => one.id === event.currentTarget.value);
              if (chosen) choose_language(chosen);
            }}
          >
            {language === undefined && <option value={program.language}>{program.language}</option>}
            {languages.map((one) => (
              <option key={one.id} value={one.id} disabled={!one.available}>{one.name}{one.available ? '' : ' (not here now)'}</option>
            ))}
          </select>
        </label>
        {language !== undefined && (
          <label class="row">Version
            <select
              value={program.version ?? language.version}
              onChange={(event) => {
                const version = event.currentTarget.value;
                change_program({ version: version === language.version ? null : version });
              }}
            >
              {program.version !== null && !language.versions.some((one) => one.version === program.version) && (
                <option value={program.version}>{program.version}</option>
              )}
              {language.versions.map((one) => (
                <option key={one.version} value={one.version} disabled={!one.available}>{one.version}</option>
              ))}
            </select>
          </label>
        )}
        {busy
          ? <button type="button" id="run-button" class="danger" disabled={state.stopping} onClick={stop_run}>Stop</button>
          : <button type="button" id="run-button" class="primary" title="Ctrl+Enter" onClick={start}>Run</button>}
        <button type="button" disabled={language === undefined} onClick={() => language && show_sample(language)}>Sample</button>
        <button type="button" aria-expanded={link !== null} onClick={() => (link === null ? void share() : set_link(null))}>Share</button>
      </div>
      {link !== null && (
        <div class="card share" role="group" aria-label="Share">
          <label class="field">A link that holds the program itself; no server keeps it.
            <input readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
          </label>
          {link.length > kLongLink && <p class="warning">It is long ({link.length} characters): some programs cut such a link.</p>}
          <div class="row">
            <CopyButton text={link} label="Copy the link" />
            <button type="button" class="quiet" onClick={() => set_link(null)}>Close</button>
          </div>
        </div>
      )}
    </>
  );
}
