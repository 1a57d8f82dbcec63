# shellcheck shell=bash
# Runs the tests of one label and counts them; at the end it shows again what failed, with its output, since
# nobody reads an hour of log.

PASSED=0
SKIPPED=0
# What failed, a text each.
FAILED=()
# So few are tried again, to tell whoever looks for the cause whether they always fail. They stay failures.
TRIED_AGAIN=3

run_label() { # preset, label
  local preset=$1 label=$2 report=$VAR/report-$1-$2.xml again=$VAR/report-$1-$2-again.xml jobs=1
  printf '\n== %s (%s)\n' "$label" "$preset"
  rm -f "$report" "$again" "$VAR/$label.txt"
  # What shares the stack or measures times runs alone.
  [[ $label == unit || $label == db ]] && jobs=$(nproc)
  run_tests "$ROOT/build/$preset" "$label" "$report" -j "$jobs"
  local failed
  failed=$(tests_with "$report" 'fail')
  if [[ -n $failed ]] && (($(wc -l <<<"$failed") <= TRIED_AGAIN)); then
    printf '\n== %s (%s): what failed, once more and alone\n' "$label" "$preset"
    run_tests "$ROOT/build/$preset" "$label" "$again" --rerun-failed
  fi
  # What tests have to tell though they passed.
  [[ ! -s $VAR/$label.txt ]] || cat "$VAR/$label.txt"
  count_report "$report" "$again" "$label ($preset)"
}

run_tests() { # build folder, label, report, more arguments
  # A test that hangs is a failed one; ctest's own count is not needed: the report says more.
  run_in_background ctest --test-dir "$1" -L "^$2\$" --timeout 300 --output-on-failure --output-junit "$3" --no-tests=ignore "${@:4}"
  wait_running || true
}

# Adds a JUnit report of ctest to the counts; that of the second try changes none of them. A test whose program is
# missing is "not run": a failure here.
count_report() { # report, report of the second try, name
  local run missing skipped test again failed=0
  if [[ ! -s $1 ]]; then
    FAILED+=("no report of $3")
    return
  fi
  run=$(grep -c '<testcase .*status="run"' "$1" || true)
  missing=$(tests_with "$1" '\(notrun\|disabled\)')
  skipped=$(grep -c '<skipped message="SKIP_' "$1" || true)
  while IFS= read -r test; do
    [[ -n $test ]] || continue
    again=
    if tests_with "$2" 'run' | grep -qxF -- "$test"; then again='(it passed alone afterwards) '; fi
    FAILED+=("$again$(output_of "$test" "$1")")
    failed=$((failed + 1))
  done < <(tests_with "$1" 'fail')
  while IFS= read -r test; do
    [[ -n $test ]] || continue
    grep -A1 -F -- "<testcase name=\"$test\"" "$1" | grep -q '<skipped message="SKIP_' && continue
    FAILED+=("$test: not run")
    failed=$((failed + 1))
  done <<<"$missing"
  PASSED=$((PASSED + run))
  SKIPPED=$((SKIPPED + skipped))
  printf '== %s: %d passed, %d failed, %d skipped\n' "$3" "$run" "$failed" "$skipped"
  ((run + failed + skipped > 0)) || FAILED+=("no test has the label of $3")
}

# Names (as XML) of the tests with such a status.
tests_with() { # report, status
  [[ -s $1 ]] || return 0
  sed -n "s/^[[:space:]]*<testcase name=\"\([^\"]*\)\" .*status=\"$2\".*/\1/p" "$1"
}

# The name of a test and the end of what it printed, as text.
output_of() { # name, report
  start="<testcase name=\"$1\" " awk 'index($0, ENVIRON["start"]) { on = 1; next } /<\/testcase>/ { on = 0 } on' "$2" |
    { printf '%s\n' "$1"; tail -n 40; } |
    sed 's/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&apos;/'\''/g; s/&amp;/\&/g'
}

# The last line counts; before it stands what there is to look at.
print_report() {
  local text
  for text in "${FAILED[@]}"; do printf '\n== FAILED: %s\n' "$text"; done
  ((SKIPPED == 0)) || printf '%d not run: what they need cannot be had here\n' "$SKIPPED"
  printf '%d passed, %d failed\n' "$PASSED" "${#FAILED[@]}"
}
