import type { ViewProps } from '../components/lazy_view';
import { HistoryDetails } from './history/details';
import { HistoryList } from './history/list';
import './views.css';

export default function HistoryView({ route }: ViewProps) {
  const [id] = route.params;
  return id === undefined ? <HistoryList route={route} /> : <HistoryDetails key={id} id={id} />;
}
