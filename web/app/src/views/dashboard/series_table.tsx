import { useState } from 'preact/hooks';
import type { Series } from './series';

/// The newest first; more than that nobody reads.
const kRows = 60;

/// A chart's figures. Moments at which nothing happened are left out.
export function SeriesTable({ title, series, format }: { title: string; series: Series; format: (value: number) => string }) {
  const [open, set_open] = useState(false);
  const rows = !open ? [] : series.times
    .map((time, index) => ({ time, values: series.lines.map((line) => line.values[index] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null && value !== 0))
    .reverse().slice(0, kRows);
  return (
    <details onToggle={(event) => set_open(event.currentTarget.open)}>
      <summary>As a table<span class="hidden">: {title}</span></summary>
      {open && rows.length === 0 && <p class="muted">Nothing happened in this time.</p>}
      {rows.length > 0 && (
        <div class="scroll-x" tabIndex={0} role="group" aria-label={`Table: ${title}`}>
          <table>
            <caption class="hidden">{title}</caption>
            <thead><tr><th scope="col">Time</th>{series.lines.map((line) => <th key={line.name} scope="col">{line.name}</th>)}</tr></thead>
            <tbody>
              {rows.map(({ time, values }) => (
                <tr key={time}>
                  <th scope="row">{new Date(time * 1000).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' })}</th>
                  {values.map((value, index) => <td key={index}>{value === null ? '–' : format(value)}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
