import { useMemo } from 'preact/hooks';
import type { Stats } from '../api/types';
import { use_loaded } from '../api/use_loaded';
import { Field } from '../components/field';
import type { ViewProps } from '../components/lazy_view';
import { Empty, Failed, Loading, Notice } from '../components/states';
import { format_ms, format_share } from '../lib/figures';
import { load_languages } from '../lib/languages';
import { link_to } from '../lib/route';
import { navigate } from '../lib/router';
import { use_signed_in } from '../lib/signed_in';
import { Chart } from './dashboard/chart';
import { sample_series, type Sample } from './dashboard/samples';
import { kRanges, percentiles, range_of, throughput, verdicts } from './dashboard/series';
import { use_stats } from './dashboard/use_stats';
import { VerdictBars } from './dashboard/verdict_bars';
import './dashboard/dashboard.css';
import './views.css';

/// There is no half execution: on an axis such a place has no number.
const as_count = (value: number) => (Number.isInteger(value) ? String(value) : '');
const as_rate = (value: number) => String(Number(value.toPrecision(2)));

function Now({ service }: { service: Stats['service'] }) {
  const facts: [string, string][] = [
    ['Queued', String(service.queued)],
    ['Running', String(service.running)],
    ['Longest wait', service.oldest_queued_ms === null ? 'none' : format_ms(service.oldest_queued_ms)],
    ['Workers', String(service.live_workers)],
    ['Places in use', `${service.busy_slots} of ${service.slots}`],
    ['Warm sandboxes', String(service.warm_sandboxes)],
  ];
  return <dl class="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

function Service({ service, samples }: { service: Stats['service']; samples: Sample[] }) {
  const queue = useMemo(() => sample_series(samples, [{ name: 'queued', part: 'queued' }, { name: 'running', part: 'running' }]), [samples]);
  const fleet = useMemo(() => sample_series(samples, [
    { name: 'workers', part: 'live_workers' }, { name: 'places', part: 'slots' }, { name: 'warm sandboxes', part: 'warm_sandboxes' },
  ]), [samples]);
  return (
    <section aria-label="The service">
      <h2>The service now</h2>
      <Now service={service} />
      <div class="charts">
        <Chart title="Queue" about="Everybody’s, since this page is open, of the last hour." series={queue} format={as_count} />
        <Chart title="Workers" about="Likewise." series={fleet} format={as_count} />
      </div>
    </section>
  );
}

function Own({ stats }: { stats: Stats }) {
  const [languages] = use_loaded(() => load_languages(), []);
  const lines = useMemo(() => throughput(stats), [stats]);
  const times = useMemo(() => percentiles(stats, 'execution_time'), [stats]);
  const waits = useMemo(() => percentiles(stats, 'queue_ms'), [stats]);
  const completed = stats.by_status.COMPLETED ?? 0;
  if (stats.count === 0) return <Empty title="You ran nothing in this time."><a href={link_to('run')}>Write a program</a></Empty>;
  return (
    <>
      {!stats.complete && <Notice kind="warning">There were more than 50,000 executions: these are the figures of the newest.</Notice>}
      <dl class="facts">
        <div><dt>Executions</dt><dd>{stats.count}</dd></div>
        <div><dt>Each minute</dt><dd>{as_rate(stats.rate_per_minute)}</dd></div>
        <div><dt>Completed</dt><dd>{format_share(completed / stats.count)}</dd></div>
      </dl>
      <div class="charts">
        <Chart title="Throughput" about={`Executions in each ${stats.bucket}.`} series={lines} format={as_count} />
        <Chart title="Running time" about="Half, 90 % and 99 % of them ran no longer." series={times} format={format_ms} />
        <Chart title="Waiting time" about="From the submission to the start." series={waits} format={format_ms} />
      </div>
      <VerdictBars verdicts={verdicts(stats)} languages={languages.value ?? []} />
    </>
  );
}

export default function DashboardView({ route }: ViewProps) {
  const range = range_of(route.query.get('range'));
  const language = route.query.get('language') ?? '';
  const signed_in = use_signed_in();
  const [languages] = use_loaded(() => load_languages(), []);
  const { stats, samples, error, again } = use_stats(range, language, signed_in);
  const show = (query: Record<string, string>) =>
    navigate(link_to('dashboard', [], { range: range.id === kRanges[0].id ? '' : range.id, language, ...query }), { replace: true });
  return (
    <>
      <h1>Dashboard</h1>
      <form class="filters" aria-label="What is shown" onSubmit={(event) => event.preventDefault()}>
        <Field label="Time">{(control) => (
          <select {...control} value={range.id} onChange={(event) => show({ range: event.currentTarget.value })}>
            {kRanges.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
          </select>
        )}</Field>
        <Field label="Language">{(control) => (
          <select {...control} value={language} onChange={(event) => show({ language: event.currentTarget.value })}>
            <option value="">All</option>
            {(languages.value ?? []).map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
          </select>
        )}</Field>
      </form>
      {error !== null && <Failed what={stats === null ? 'The figures could not be loaded.' : 'These figures are not new any more.'} error={error} retry={again} />}
      {stats === null && error === null && <Loading what="the figures" />}
      {stats !== null && (
        <>
          <section aria-label="Your executions">
            <h2>Your executions</h2>
            {!signed_in && <p class="muted">You are not signed in: those of your network address. <a href={link_to('account')}>Sign in</a></p>}
            <Own stats={stats} />
          </section>
          <Service service={stats.service} samples={samples} />
        </>
      )}
    </>
  );
}
