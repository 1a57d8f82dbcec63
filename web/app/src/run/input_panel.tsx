import { useMemo } from 'preact/hooks';
import { HeavyText } from '../components/heavy_text';
import { is_heavy } from '../lib/heavy_text';
import { ConsolePanel } from './console_panel';
import type { Program } from './program';
import { change_program } from './program_store';

/// What the program gets: arguments, and its input before or while it runs.
export function InputPanel({ program, start }: { program: Program; start: () => void }) {
  return (
    <section class="inputs" aria-label="Input">
      <fieldset class="row mode">
        <legend class="hidden">How the program gets its input</legend>
        <label class="row">
          <input type="radio" name="mode" checked={program.mode === 'input'} onChange={() => change_program({ mode: 'input' })} />
          Input known before
        </label>
        <label class="row">
          <input type="radio" name="mode" checked={program.mode === 'console'} onChange={() => change_program({ mode: 'console' })} />
          Console: type while it runs
        </label>
      </fieldset>
      {program.mode === 'input' ? (
        <InputField value={program.stdin} />
      ) : <ConsolePanel on_run={start} />}
    </section>
  );
}

function InputField({ value }: { value: string }) {
  const heavy = useMemo(() => is_heavy(value), [value]);
  if (heavy) return <div class="field">Input (stdin) <HeavyText text={value} on_empty={() => change_program({ stdin: '' })} /></div>;
  return (
    <label class="field">Input (stdin)
      <textarea
        rows={4} value={value} spellcheck={false} autocapitalize="off"
        onInput={(event) => change_program({ stdin: event.currentTarget.value })}
      />
    </label>
  );
}

export function OptionsPanel({ program }: { program: Program }) {
  return (
    <div class="options">
      <label class="field">Arguments
        <input
          value={program.args} spellcheck={false} autocapitalize="off" autocomplete="off" placeholder={'one "two words"'}
          onInput={(event) => change_program({ args: event.currentTarget.value })}
        />
      </label>
      <label class="field">Files to bring back
        <input
          value={program.artifacts} spellcheck={false} autocapitalize="off" autocomplete="off" placeholder="picture.png, result.csv"
          onInput={(event) => change_program({ artifacts: event.currentTarget.value })}
        />
      </label>
    </div>
  );
}
