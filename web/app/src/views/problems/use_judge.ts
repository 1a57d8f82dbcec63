import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Submission } from '../../api/types';
import { JudgeRun, type Judging } from './judge_run';

export interface Judge {
  judging: Judging;
  submit: (submission: Submission) => void;
  /// After a failure: follows what was submitted, or submits it if the server has not taken it.
  again: () => void;
  /// Stops the program, if it is still running.
  cancel: () => void;
}

/// Submits an answer and follows it to its end. Another answer, or leaving the page, lets go of the one before; it
/// stays in the history.
export function use_judge(): Judge {
  const [judging, set_judging] = useState<Judging>({ state: 'idle' });
  const run = useRef<JudgeRun | null>(null);
  useEffect(() => () => run.current?.let_go(), []);

  const submit = useCallback((submission: Submission) => {
    run.current?.let_go();
    run.current = new JudgeRun(submission, set_judging);
  }, []);
  const again = useCallback(() => run.current?.again(), []);
  const cancel = useCallback(() => run.current?.stop(), []);
  return { judging, submit, again, cancel };
}
