import type { Execution, Verdict } from '../api/types';
import { outcome_of, verdict_outcome, type Outcome } from '../lib/outcome';

function Badge({ text, kind }: Outcome) {
  return <span class={`badge ${kind}`}>{text}</span>;
}

export function OutcomeBadge({ execution }: { execution: Pick<Execution, 'status' | 'reason'> }) {
  return <Badge {...outcome_of(execution.status, execution.reason)} />;
}

export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  return <Badge {...verdict_outcome(verdict)} />;
}
