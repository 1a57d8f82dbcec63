import { token } from '../../api/session';
import { forget_programs } from '../../run/program_store';
import { forget_run } from '../../run/runner';
import { forget_answers } from '../problems/answer_store';
import { forget_drafts } from '../problems/draft_store';

/// Whoever uses this browser next reads nothing of what was written and run here.
export function sign_out(): void {
  // Ends a run, as whom it belongs to.
  forget_run();
  forget_programs();
  forget_answers();
  forget_drafts();
  token.set(null);
}
