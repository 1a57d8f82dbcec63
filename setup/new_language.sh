# shellcheck shell=bash
# ./runyard new-language: a folder under docker/languages that build-images and the tests accept at once, and that runs
# programs when its commands are filled in.

LANGUAGES=${RUNYARD_LANGUAGES_DIR:-$ROOT/docker/languages}

command_new_language() { # id
  local id=${1:-} folder taken
  [[ $# == 1 ]] || fail "new-language needs one id" "./runyard new-language ID"
  ((${#id} <= 32)) && [[ $id =~ ^[a-z][a-z0-9_-]*$ ]] ||
    fail "'$id' is no id of a language" "take small letters, digits, - and _, a letter first, at most 32"
  folder=$LANGUAGES/$id
  [[ ! -e $folder ]] || fail "there is a folder $folder already" "choose another id, or change what is there"
  taken=$(language_named "$id")
  [[ -z $taken ]] || fail "'$id' is a name of the language in $taken" "choose another id, or take it out of that manifest"
  # Complete or not at all: build-images looks at every folder.
  local work
  work=$(mktemp -d "$LANGUAGES/.new.XXXXXX")
  write_language "$work" "$id" || { rm -rf "$work"; fail "$folder cannot be written" "see above"; }
  chmod -R u=rwX,go=rX "$work"
  mv -T "$work" "$folder"
  cat <<TEXT
$folder is there. To do:
  Dockerfile      the packages of the language
  language.json   "run" (and "compile", or take it out), "name", "version", "source": the file name of a program
  hello.txt, tests/*.txt   the same programs in the language, with its suffix
then: ./runyard build-images $id && ./runyard test e2e
TEXT
}

# The manifest, if any, that has this name as an id or alias.
language_named() { # name
  local manifest
  for manifest in "$LANGUAGES"/*/language.json; do
    [[ -f $manifest ]] || continue
    if jq -e --arg name "$1" '[.id, (.aliases // [])[]] | map(ascii_downcase) | index($name)' "$manifest" >/dev/null 2>&1; then
      printf '%s\n' "$manifest"
      return
    fi
  done
}

write_language() { # folder, id
  local folder=$1 id=$2
  mkdir -p "$folder/tests" || return 1
  cat >"$folder/Dockerfile" <<'TEXT'
FROM debian:trixie-slim

# The compiler or interpreter: replace bash, which is there anyway, by the packages of the language.
RUN apt-get update \
 && apt-get install -y --no-install-recommends bash \
 && rm -rf /var/lib/apt/lists/* /var/log/*
TEXT
  # Until the commands are filled in, programs are shell scripts.
  jq -n --arg id "$id" '{
    id: $id, name: $id, aliases: [], version: "1", source: "main.txt",
    compile: {argv: ["bash", "-c", "bash -n \"$1\" && cp \"$1\" program", "compile", "{source}"], outputs: ["program"]},
    run: {argv: ["bash", "program"]},
    limits: {default: {memory_kb: 131072}, maximum: {memory_kb: 1048576}},
    cpus: 1, warm: 0,
    bare: {compile: ["cp", "main.txt", "program"], run: ["bash", "program"]}
  }' >"$folder/language.json" || return 1
  printf 'echo "Hello, World!"\n' >"$folder/hello.txt"

  language_case "$folder" stdin '{"stdin": "3\n10 20 12\n"}' '{"status": "COMPLETED", "stdout": "sum 42\n"}' <<'TEXT'
read -r count
read -r -a numbers
[ "${#numbers[@]}" = "$count" ] || exit 1
sum=0
for number in "${numbers[@]}"; do sum=$((sum + number)); done
echo "sum $sum"
TEXT
  language_case "$folder" compile_error '{}' \
    '{"status": "FAILED", "reason": "COMPILE_ERROR", "stdout": "", "compile_stderr_contains": "syntax error"}' <<'TEXT'
echo never
if true; then
TEXT
  language_case "$folder" runtime_error '{}' \
    '{"status": "FAILED", "reason": "RUNTIME_ERROR", "exit_code": 3, "stdout": "before\n"}' <<'TEXT'
echo before
exit 3
TEXT
  language_case "$folder" wall_time '{"limits": {"wall_ms": 2000}}' \
    '{"status": "TIMEOUT", "reason": "WALL_TIME", "stdout": "before\n"}' <<'TEXT'
echo before
sleep 30
TEXT
  language_case "$folder" cpu_time '{"limits": {"cpu_ms": 300, "wall_ms": 5000}}' '{"status": "TIMEOUT", "reason": "CPU_TIME"}' <<'TEXT'
while :; do :; done
TEXT
  language_case "$folder" memory_limit '{}' '{"status": "FAILED", "reason": "MEMORY_LIMIT"}' <<'TEXT'
text=xxxxxxxxxxxxxxxx
while :; do text=$text$text; done
TEXT
  language_case "$folder" output_limit '{"limits": {"output_bytes": 1000}}' \
    '{"status": "FAILED", "reason": "OUTPUT_LIMIT", "stdout_contains": "yyyyyyyyyy"}' <<'TEXT'
while :; do echo yyyyyyyyyyyyyyyyyyyy; done
TEXT
  language_case "$folder" larger_program '{}' '{"status": "COMPLETED", "stdout": "2 3 5 7 11 13 17 19\n"}' <<'TEXT'
primes=
for ((number = 2; number < 20; number++)); do
  for ((divisor = 2; divisor * divisor <= number; divisor++)); do
    ((number % divisor)) || continue 2
  done
  primes="$primes $number"
done
echo $primes
TEXT
}

language_case() { # folder, name, submission, what to expect; the program comes from stdin
  cat >"$1/tests/$2.txt" &&
    jq -n --argjson submission "$3" --argjson expect "$4" '{submission: $submission, expect: $expect}' >"$1/tests/$2.json"
}
