import { useEffect, useRef, useState } from 'preact/hooks';
import { use_store } from '../../lib/store';
import { theme } from '../../lib/theme';
import type { Plot } from './plot';
import type { Series } from './series';
import { SeriesTable } from './series_table';

type PlotModule = typeof import('./plot');

/// A chart, with its figures as a table for who does not see it.
export function Chart({ title, about, series, format }: {
  title: string;
  about?: string;
  series: Series;
  format: (value: number) => string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const [module, set_module] = useState<PlotModule | null>(null);
  const [failed, set_failed] = useState(false);
  const dark = use_store(theme) === 'dark';
  // Another set of lines, or other colours, is another chart.
  const form = series.lines.map((line) => line.name).join('\n');

  useEffect(() => {
    let shown = true;
    import('./plot').then((loaded) => { if (shown) set_module(() => loaded); }, () => { if (shown) set_failed(true); });
    return () => { shown = false; };
  }, []);
  useEffect(() => {
    if (module === null || place.current === null) return;
    const made = module.make_plot(place.current, series, dark, format);
    plot.current = made;
    const observer = new ResizeObserver(([entry]) => { if (entry) made.resize(entry.contentRect.width); });
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [module, form, dark, format]);
  useEffect(() => plot.current?.show(series), [series]);

  return (
    <figure class="card chart">
      <figcaption><h2>{title}</h2>{about !== undefined && <p class="muted small">{about}</p>}</figcaption>
      {!failed && <div ref={place} class="plot" aria-hidden="true" />}
      {failed && <p class="muted">The chart could not be loaded; the table has its figures.</p>}
      {module !== null && (
        <ul class="legend">
          {series.lines.map((line, index) => {
            const { colour, dash } = module.line_style(index, dark);
            return (
              <li key={line.name}>
                <svg width="24" height="8" aria-hidden="true"><line x1="0" x2="24" y1="4" y2="4" stroke={colour} stroke-width="3" stroke-dasharray={dash} /></svg> {line.name}
              </li>
            );
          })}
        </ul>
      )}
      <SeriesTable title={title} series={series} format={format} />
    </figure>
  );
}
