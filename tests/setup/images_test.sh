#!/usr/bin/env bash
# build-images against a fake docker: order, what is rebuilt, broken folders, images that cannot be had; and new-language.
source "$(dirname "$0")/support.sh"
FOLDERS=$WORK/languages
export RUNYARD_LANGUAGES_DIR=$FOLDERS RUNYARD_AGENT=$WORK/agent FAKE_IMAGES=$WORK/images RUNYARD_IMAGES_LOCK=$WORK/images.lock
mkdir -p "$WORK/bin" "$FOLDERS" "$FAKE_IMAGES"
printf 'agent\n' >"$RUNYARD_AGENT"
cp "$(dirname "$0")/fake_docker.sh" "$WORK/bin/docker"
chmod +x "$WORK/bin/docker"
PATH=$WORK/bin:$PATH
printf 'sha256:base\n80000000\n' >"$FAKE_IMAGES/debian_trixie-slim"

# folder NAME FROM [KEY=JSON...]: a correct one, then keys of its manifest set.
folder() {
  local name=$1 from=$2 key
  shift 2
  mkdir -p "$FOLDERS/$name"
  printf 'echo Hello\n' >"$FOLDERS/$name/hello.txt"
  printf '# what it stands on\nFROM %s\nRUN true \\\n && true\n' "$from" >"$FOLDERS/$name/Dockerfile"
  jq -n --arg id "$name" '{id: $id, name: $id, version: "1", source: "main.txt", run: {argv: ["sh", "{source}"]}}' >"$FOLDERS/$name/language.json"
  for key in "$@"; do
    jq --argjson value "${key#*=}" ".${key%%=*} = \$value" "$FOLDERS/$name/language.json" >"$WORK/manifest"
    cp "$WORK/manifest" "$FOLDERS/$name/language.json"
  done
}
build() { # arguments...; its words go to $SAID, its exit code to $CODE, the images that it built to $BUILT
  CODE=0
  : >"$FAKE_IMAGES/log"
  SAID=$("$ROOT/docker/build-images.sh" "$@" 2>&1) || CODE=$?
  BUILT=$(grep -v base "$FAKE_IMAGES/log" | sed 's|runyard/||; s|:latest||' | xargs)
}
says() { printf '%s\n' "$SAID"; [[ $SAID == *"$1"* ]]; }
says_nothing_of() { printf '%s\n' "$SAID"; [[ $SAID != *"$1"* ]]; }

folder alpha runyard-base/zulu
folder zulu debian:trixie-slim
folder second runyard-base/zulu:latest 'image="alpha"'
rm "$FOLDERS/second/Dockerfile"
build
check "all are built, each after what it stands on" same "$CODE $BUILT" "0 zulu alpha"
check "the sizes are said, and their sum with shared layers once" says "2 current, 200 MB on disk"
build
check "nothing is built again" same "$CODE $BUILT" "0 "
printf 'print("Hello")\n' >"$FOLDERS/zulu/hello.txt"
mkdir -p "$FOLDERS/zulu/tests"
touch "$FOLDERS/zulu/tests/stdin.json"
build
check "samples, tests and manifests are no part of an image" same "$BUILT" ""
echo more >"$FOLDERS/alpha/more"
build
check "only what changed is built" same "$BUILT" alpha
echo more >"$FOLDERS/zulu/more"
build
check "with what stands on it" same "$BUILT" "zulu alpha"
echo other >>"$RUNYARD_AGENT"
build alpha
check "what an asked one stands on is current, too" same "$BUILT" "zulu alpha"
build nothing
check "an unknown language is refused, the known ones are named" same "$CODE $(says "alpha second zulu" >/dev/null && echo named)" "2 named"

not_current() { ! images_current; }
# What `up` asks: one build of all is remembered, until an image goes or somebody gives its name to another one.
built_program() { printf '%s\n' "$RUNYARD_AGENT"; }
built_all() {
  build_images_now && set_stamp images "$(images_hash)"
}
check "all are built for a stack" built_all
check "then nothing has to be asked for again" images_current
mv "$FAKE_IMAGES/runyard_alpha" "$WORK/pruned"
check "an image that was removed is missed" not_current
mv "$WORK/pruned" "$FAKE_IMAGES/runyard_alpha"
check "and no longer when it is back" images_current
printf 'other agent\n' >"$WORK/other-agent"
RUNYARD_AGENT=$WORK/other-agent RUNYARD_VAR=$WORK/other-var build alpha
check "a stack with another agent renews the images" same "$CODE $BUILT" "0 zulu alpha"
check "which this one notices" not_current
check "and makes its own again" built_all
check "for itself" images_current

# Two stacks: each with a state of its own, one engine.
exec {OTHER}>"$RUNYARD_IMAGES_LOCK"
flock "$OTHER"
RUNYARD_VAR=$WORK/other-var "$ROOT/docker/build-images.sh" >"$WORK/waiting" 2>&1 {OTHER}>&- &
WAITING=$!
check "a second builder says that it waits, and for what" wait_for 30 grep -q "another build on this machine holds $RUNYARD_IMAGES_LOCK; waiting" "$WORK/waiting"
check "and has built nothing" bash -c "! grep -q current '$WORK/waiting'"
exec {OTHER}>&-
check "it goes on when the first is done" wait "$WAITING"
unset RUNYARD_IMAGES_LOCK
check "the lock is the same for all stacks" same "$(source "$ROOT/docker/lock.sh"; var=$WORK/other-var images_lock)" "$WORKERS/images.lock"
export RUNYARD_IMAGES_LOCK=$WORK/images.lock

folder broken debian:trixie-slim 'run={"argv":[]}'
folder failing debian:trixie-slim
sed -i 's/RUN true/RUN FAIL/' "$FOLDERS/failing/Dockerfile"
folder orphan runyard-base/nobody
folder above runyard-base/failing
folder foreign example.org/compiler:1
folder ring1 runyard-base/ring2
folder ring2 runyard-base/ring1
printf '{\n  "id": "typo",,\n}\n' >"$WORK/typo"
folder typo debian:trixie-slim
cp "$WORK/typo" "$FOLDERS/typo/language.json"
folder silent debian:trixie-slim
rm "$FOLDERS/silent/hello.txt"
folder java-8 debian:trixie-slim 'id="java"' 'default=false' 'version="8"'
folder ruby-9 debian:trixie-slim 'id="java"' 'default=false' 'version="9"'
folder fine debian:trixie-slim
build
check "broken folders do not keep others from being built" same "$CODE $BUILT" "1 fine java-8"
check "a wrong manifest is named with its line" says "broken/language.json:$(grep -n '"run"' "$FOLDERS/broken/language.json" | cut -d: -f1): run: argv must be"
check "one that is no JSON is named with its line" says "typo/language.json:2: not JSON"
check "a step that fails is named with its line" says "failing/Dockerfile:3: docker build failed"
check "so is a folder that is not there" says "orphan/Dockerfile:2: there is no folder nobody"
check "and a circle" says "stands on ring"
check "what stands on a failed one is said" says "above: not built, for failing is not"
check "a missing sample is named" says "there is no hello.txt"
check "a second version in the wrong folder is named" says "ruby-9/language.json:"
check "somebody else's image that cannot be pulled is not available" says "foreign: not available here: example.org/compiler:1"
check "all that is not usable is said at the end" bash -c "[[ '$(tail -n 1 <<<"$SAID")' == 'images: not usable: '*failing* ]]"
build foreign fine
check "what is not available is no failure" same "$CODE" 0
check "mistakes of folders that nobody asked for do not count" says_nothing_of "not usable"
build failing
check "a failing one that was asked for does" same "$CODE" 1
check "the steps that it made are taken away, others' are not" same "$(xargs <"$FAKE_IMAGES/dangling")" "111111111111 333333333333"

new_language() { "$ROOT/runyard" new-language "$@"; }
refused() { # words, arguments...
  local words=$1 output
  shift
  if output=$(new_language "$@" 2>&1); then return 1; fi
  printf '%s\n' "$output"
  [[ $output == *"$words"* && $output == *"What to do: "* ]]
}
for id in "" Upper 9lives -x a/b ../up 'a b' "a'b" "$(printf 'long%.0s' {1..10})" naïve; do
  check "the id '$id' is refused" refused "is no id" "$id"
done
check "no id is refused" refused "needs one id"
check "two ids are refused" refused "needs one id" a b
check "an existing folder is refused" refused "already" fine
folder named debian:trixie-slim 'aliases=["Nick"]'
check "another language's alias is refused" refused "is a name of the language" nick
check "an id becomes a folder" new_language newcomer
check "its programs' cases are all there" same "$(cd "$FOLDERS/newcomer/tests" && printf '%s ' *.json)" \
  "compile_error.json cpu_time.json larger_program.json memory_limit.json output_limit.json runtime_error.json stdin.json wall_time.json "
check "each case has a program" same "$(cd "$FOLDERS/newcomer/tests" && find . -name '*.txt' | wc -l)" 8
check "nothing half-made stays behind" same "$(find "$FOLDERS" -maxdepth 1 -name '.new*')" ""
build newcomer
check "it is built as it is" same "$CODE $BUILT" "0 newcomer"
# The two commands filled in, as somebody would.
jq '.compile.argv = ["install", "-m", "0755", "{source}", "program"] | .run.argv = ["sh", "./program"]' "$FOLDERS/newcomer/language.json" >"$WORK/manifest"
cp "$WORK/manifest" "$FOLDERS/newcomer/language.json"
build newcomer
check "and with its two commands filled in" same "$CODE" 0
# As a sandbox would: compile, then run.
check "hello prints what it should" bash -c "
  cd '$WORK' && cp '$FOLDERS/newcomer/hello.txt' main.txt && install -m 0755 main.txt program && [[ \$(sh ./program) == 'Hello, World!' ]]"
finish
