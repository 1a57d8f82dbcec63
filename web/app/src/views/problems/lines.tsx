import { LongText } from '../../components/long_text';
import { OutputText } from '../../components/output_text';
import { count_of } from '../../lib/figures';
import { visible } from '../../lib/visible';
import { difference, type Line } from './difference';

const kSigns = { same: ' ', missing: '−', extra: '+' } as const;
const kSpoken = { same: '', missing: 'expected: ', extra: 'written: ' } as const;

function DifferenceLine({ line }: { line: Line }) {
  if (line.kind === 'skipped') return <div class="diff-skipped">⋯ {count_of(line.count, 'line')} the same</div>;
  return (
    <div class={`diff-${line.kind}`}>
      <span class="hidden">{kSpoken[line.kind]}</span>
      <span aria-hidden="true">{kSigns[line.kind]} </span>
      <LongText text={visible(line.text)} />
    </div>
  );
}

/// The expected output and what was written instead.
export function Difference({ expected, actual }: { expected: string; actual: string }) {
  const lines = difference(expected, actual);
  if (lines === null) {
    return (
      <>
        <p class="muted">They are too long, or too different, to be shown side by side.</p>
        <h4>Expected</h4>
        <OutputText text={expected} label="Expected output" />
        <h4>Written</h4>
        <OutputText text={actual} label="Output" />
      </>
    );
  }
  if (!lines.some((line) => line.kind === 'missing' || line.kind === 'extra')) {
    return <OutputText text={actual} label="Output, the same as expected" />;
  }
  return (
    <>
      <p class="muted small">− is expected, + was written; · and → are blanks at the end of a line, ⊣ is a last line without a line end.</p>
      <div class="diff" tabIndex={0} role="group" aria-label="Difference between the expected and the written output">
        {lines.map((line, index) => <DifferenceLine key={index} line={line} />)}
      </div>
    </>
  );
}
