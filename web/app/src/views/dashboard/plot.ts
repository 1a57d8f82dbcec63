/// A chart by uPlot; loaded when the dashboard is shown.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Series } from './series';

export interface Plot {
  show(series: Series): void;
  resize(width: number): void;
  destroy(): void;
}

/// Distinct in both themes, and to who cannot tell red from green; lines differ by their dashes as well.
const kColours = { light: ['#0b5cad', '#b3401a', '#6b4ba1', '#17642f', '#6b4400', '#50585f'], dark: ['#8cc0ff', '#ffab7a', '#c9adff', '#84dba0', '#f2c76b', '#aab4c0'] };
const kDashes = [[], [6, 4], [2, 3], [10, 4, 2, 4], [1, 4], [8, 2]];
const kHeight = 200;

function data_of(series: Series): uPlot.AlignedData {
  return [series.times, ...series.lines.map((line) => line.values)] as uPlot.AlignedData;
}

/// Of what has just begun some minutes are shown, which fill; uPlot itself would show years.
function shown_times(times: ArrayLike<number>): [number, number] {
  const last = times[times.length - 1] ?? Date.now() / 1000;
  return [Math.min(times[0] ?? last, last - 300), last];
}

export function make_plot(place: HTMLElement, series: Series, dark: boolean, format: (value: number) => string): Plot {
  const styles = getComputedStyle(document.documentElement);
  const text = styles.getPropertyValue('--muted').trim();
  const grid = { stroke: styles.getPropertyValue('--border').trim(), width: 1 };
  const font = '12px system-ui, sans-serif';
  const colours = dark ? kColours.dark : kColours.light;
  const plot = new uPlot({
    width: Math.max(place.clientWidth, 200),
    height: kHeight,
    cursor: { drag: { x: false, y: false } },
    // The legend below is the page's own, in words for everybody.
    legend: { show: false },
    scales: { x: { range: ({ data }) => shown_times(data[0]) }, y: { range: (_, __, most) => [0, Math.max(most, 1) * 1.1] } },
    axes: [
      { stroke: text, grid, ticks: grid, font },
      { stroke: text, grid, ticks: grid, font, size: 62, values: (_, values) => values.map((one) => format(one)) },
    ],
    series: [{}, ...series.lines.map((line, index) => ({
      label: line.name,
      stroke: colours[index % colours.length] ?? text,
      dash: kDashes[index % kDashes.length] ?? [],
      width: 2,
      // A single value between gaps is no line.
      points: { show: series.times.length < 100, size: 5 },
    }))],
  }, data_of(series), place);
  return {
    show: (next) => plot.setData(data_of(next)),
    resize: (width) => plot.setSize({ width: Math.max(width, 200), height: kHeight }),
    destroy: () => plot.destroy(),
  };
}

export function line_style(index: number, dark: boolean): { colour: string; dash: string } {
  const colours = dark ? kColours.dark : kColours.light;
  return { colour: colours[index % colours.length] ?? '', dash: (kDashes[index % kDashes.length] ?? []).join(' ') };
}
