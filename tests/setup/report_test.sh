#!/usr/bin/env bash
# How ./runyard test counts: real runs of ctest over small tests, one of which fails only at first.
source "$(dirname "$0")/support.sh"
command -v ctest >/dev/null || { printf 'ctest is missing\n'; exit 1; }
VAR=$WORK
tests=$WORK/build/dev

# Names and commands of tests by lines: the label's tests of one run.
given() {
  mkdir -p "$tests"
  local name command
  while IFS='|' read -r name command; do
    printf 'add_test("%s" "bash" "-c" "%s")\nset_tests_properties("%s" PROPERTIES LABELS x SKIP_REGULAR_EXPRESSION "NOT_RUN:")\n' "$name" "$command" "$name"
  done >"$tests/CTestTestfile.cmake"
}
# The counts that `./runyard test` would print for them; the whole report goes to $WORK/said.
counted() {
  PASSED=0 SKIPPED=0 FAILED=()
  rm -f "$WORK/tried"
  # Where build/dev is looked for.
  ROOT=$WORK run_label dev x >"$WORK/said" 2>&1 </dev/null
  print_report >>"$WORK/said"
  tail -n 1 "$WORK/said"
}
counts() { same "$(counted)" "$1" || { cat "$WORK/said"; return 1; }; }
told() { grep -qF -- "$1" "$WORK/said" || { cat "$WORK/said"; return 1; }; }
first_time="echo said at first; echo x >>$WORK/tried; test \$(wc -l <$WORK/tried) -gt 1"

given <<<'passes|true'
check "what passes is counted" counts "1 passed, 0 failed"

given <<TESTS
passes|true
fails & fails|echo 'why it <failed>'; false
ends|exit 0
TESTS
check "what fails twice is a failure" counts "2 passed, 1 failed"
check "its name and what it printed stand before the counts" told "== FAILED: fails & fails"
check "as it was printed" told "why it <failed>"

given <<TESTS
passes|true
at first|$first_time
TESTS
check "what passes when it is tried again is a failure all the same" counts "1 passed, 1 failed"
check "and told to pass alone" told "== FAILED: (it passed alone afterwards) at first"
check "with what it printed at first" told "said at first"

given <<TESTS
a|echo x >>$WORK/tried; test \$(wc -l <$WORK/tried) -gt 4
b|echo x >>$WORK/tried; test \$(wc -l <$WORK/tried) -gt 4
c|echo x >>$WORK/tried; test \$(wc -l <$WORK/tried) -gt 4
d|echo x >>$WORK/tried; test \$(wc -l <$WORK/tried) -gt 4
TESTS
check "many that fail are not tried again" counts "0 passed, 4 failed"

given <<TESTS
passes|true
cannot|echo NOT_RUN: no image
TESTS
check "what cannot be had is not counted as passed" counts "1 passed, 0 failed"
check "but told" told "1 not run"

printf 'add_test("missing" "/nowhere/program")\nset_tests_properties("missing" PROPERTIES LABELS x)\nadd_test("off" "true")\nset_tests_properties("off" PROPERTIES LABELS x DISABLED TRUE)\n' >"$tests/CTestTestfile.cmake"
check "a missing program and a disabled test are failures" counts "0 passed, 2 failed"

printf '' >"$tests/CTestTestfile.cmake"
check "no test is a failure" counts "0 passed, 1 failed"
check "a missing report is a failure" same "$(FAILED=(); count_report "$WORK/none.xml" '' x; echo "${#FAILED[@]}")" 1
finish
