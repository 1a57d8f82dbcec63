import { token } from '../api/session';
import { use_store } from './store';

/// Whether requests carry credentials. Without them, an open server goes by the network address.
export function use_signed_in(): boolean {
  return use_store(token) !== null;
}
