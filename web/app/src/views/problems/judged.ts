/// The results of an execution beside the problem's tests. Pure.
import type { JudgeTest, TestResult } from '../../api/types';

export interface JudgedTest {
  result: TestResult;
  /// Null for a hidden test, and where the problem has changed since.
  test: JudgeTest | null;
}

/// Results come in the order of the tests. Who is not the author sees only those that are not hidden; the results
/// of the others are called "hidden 1", "hidden 2".
export function pair_tests(results: readonly TestResult[], tests: readonly JudgeTest[]): JudgedTest[] {
  const by_index = results.length === tests.length;
  const shown = results.filter((one) => !/^hidden \d+$/.test(one.name));
  const by_order = shown.length === tests.length;
  return results.map((result, index) => {
    const at = by_index ? index : by_order ? shown.indexOf(result) : -1;
    const test = tests[at];
    return { result, test: test !== undefined && test.name === result.name ? test : null };
  });
}

export function passed_count(results: readonly TestResult[]): number {
  return results.filter((one) => one.verdict === 'PASSED').length;
}
