import { kStatuses, type Language, type Status } from '../../api/types';
import { Field } from '../../components/field';
import { status_name } from '../../lib/outcome';
import { is_filtered, kNoFilters, kRanges, type Filters } from './filters';

/// Each change counts at once: there is nothing to send.
export function FilterForm({ filters, languages, problem_title, on_change }: {
  filters: Filters;
  languages: readonly Language[];
  /// Of the problem that is filtered by.
  problem_title: string | null;
  on_change: (filters: Filters) => void;
}) {
  const change = (part: Partial<Filters>) => on_change({ ...filters, ...part });
  // A language that is gone from the server still stands in the history.
  const gone = filters.language !== '' && !languages.some((one) => one.id === filters.language);
  return (
    <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <Field label="Language">{(control) => (
        <select {...control} value={filters.language} onChange={(event) => change({ language: event.currentTarget.value })}>
          <option value="">All</option>
          {gone && <option value={filters.language}>{filters.language}</option>}
          {languages.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
        </select>
      )}</Field>
      <Field label="Status">{(control) => (
        <select {...control} value={filters.status} onChange={(event) => change({ status: event.currentTarget.value as Status | '' })}>
          <option value="">All</option>
          {kStatuses.map((one) => <option key={one} value={one}>{status_name(one)}</option>)}
        </select>
      )}</Field>
      <Field label="Time">{(control) => (
        <select {...control} value={filters.range} onChange={(event) => change({ range: event.currentTarget.value, from: '', to: '' })}>
          {kRanges.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
        </select>
      )}</Field>
      {filters.range === 'custom' && (
        <>
          <Field label="From">{(control) => (
            <input {...control} type="date" value={filters.from} max={filters.to || undefined}
              onChange={(event) => change({ from: event.currentTarget.value })} />
          )}</Field>
          <Field label="To">{(control) => (
            <input {...control} type="date" value={filters.to} min={filters.from || undefined}
              onChange={(event) => change({ to: event.currentTarget.value })} />
          )}</Field>
        </>
      )}
      {filters.problem_id !== '' && (
        <div class="field">
          <span class="label">Problem</span>
          <span class="row">
            {problem_title ?? 'One problem'}
            <button type="button" class="quiet" onClick={() => change({ problem_id: '' })}>All problems</button>
          </span>
        </div>
      )}
      {is_filtered(filters) && <button type="button" onClick={() => on_change(kNoFilters)}>Clear filters</button>}
    </form>
  );
}
