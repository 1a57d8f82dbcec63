import { useState } from 'preact/hooks';
import type { ViewProps } from '../components/lazy_view';
import { ProblemEditor, type Said } from './problems/editor';
import { ProblemList } from './problems/list';
import { Solve } from './problems/solve';
import './problems/problems.css';
import './views.css';

export default function ProblemsView({ route }: ViewProps) {
  const [id, what] = route.params;
  // What was just saved is told where it leads.
  const [said, set_said] = useState<Said | null>(null);
  if (id === undefined) return <ProblemList route={route} />;
  if (id === 'new') return <ProblemEditor key="new" id={null} said={null} on_saved={set_said} />;
  if (what === 'edit') return <ProblemEditor key={`edit ${id}`} id={id} said={said} on_saved={set_said} />;
  return <Solve key={id} id={id} />;
}
