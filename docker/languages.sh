# shellcheck shell=bash disable=SC2154,SC2034,SC2004
# Reads and checks docker/languages/*/language.json for build-images.sh, which sources this. Uses languages_dir;
# fills language_image and language_version (by language id), images (folders to build, in order) and broken.

check_tools() {
  if ! command -v jq >/dev/null; then say "build-images: jq is missing: apt-get install jq"; return 1; fi
  if ! command -v docker >/dev/null; then say "build-images: no docker client in PATH"; return 1; fi
  if ! docker version --format '{{.Server.Version}}' >/dev/null 2>&1; then
    say "build-images: the docker engine does not answer (is it running, and may $(id -un) use it?)"
    return 1
  fi
}

# The rules that the rest of Runyard relies on; one line of output for each one broken: "key<TAB>what is wrong".
# shellcheck disable=SC2016
language_rules='
def rule(key; ok; text): if ok then empty else "\(key)\t\(text)" end;
def text: type == "string" and length > 0;
def texts: type == "array" and all(.[]; type == "string");
def number: type == "number" and . > 0 and floor == .;
if type != "object" then "\t must be an object" else
  rule("default"; .default // false | type == "boolean"; "must be true or false"),
  rule("id"; .id | type == "string" and test("^[a-z0-9_-]+$"); "may hold lower-case letters, digits, - and _ only"),
  (if .default == false then
    rule("id"; .id as $id | $folder | startswith("\($id)-"); "a second version stands in the folder <id>-<version>, here \"\(.id)-\(.version)\"")
  else rule("id"; .id == $folder; "must be the name of the folder, \"\($folder)\"") end),
  rule("name"; .name | text; "must be a text"),
  rule("version"; .version | text; "must be a text"),
  rule("aliases"; .aliases // [] | texts; "must be an array of texts"),
  rule("image"; .image // "x" | text; "must be a text"),
  rule("source"; .source | text and (contains("/") | not); "must be a file name"),
  rule("run"; .run.argv | texts and length > 0; "argv must be a non-empty array of texts"),
  (if has("compile") then
    rule("compile"; .compile.argv | texts and length > 0; "argv must be a non-empty array of texts"),
    rule("outputs"; .compile.outputs | texts and length > 0; "must be a non-empty array of texts"),
    rule("allowed_args"; .compile.allowed_args // [] | texts; "must be an array of texts"),
    rule("memory_kb"; .compile.memory_kb // 1 | number; "must be a positive integer"),
    rule("wall_ms"; .compile.wall_ms // 1 | number; "must be a positive integer")
  else empty end),
  rule("environment"; .environment // {} | type == "object" and all(.[]; type == "string"); "must map names to texts"),
  rule("limits"; .limits // {} | type == "object" and all(.[]; type == "object" and all(.[]; number)); "must hold positive integers"),
  rule("cpus"; .cpus // 1 | type == "number" and . > 0; "must be a positive number"),
  rule("warm"; .warm // 0 | type == "number" and . >= 0 and floor == .; "must be an integer of at least 0"),
  (keys - ["id","name","aliases","version","image","source","compile","run","environment","limits","cpus","warm","out_of_memory","bare","default"]
    | .[] | "\(.)\tis not a known key")
end'

# check_language ID: says file, line and rule of each mistake; 1 if there is any.
check_language() {
  local id=$1 file=$languages_dir/$1/language.json error key what line source ok=0
  local shown=${file#"$root"/}
  if [[ ! -r $file ]]; then say "$shown: missing"; return 1; fi
  if ! error=$(jq empty "$file" 2>&1); then
    line=$(sed -n 's/.*at line \([0-9]*\).*/\1/p' <<<"$error" | head -n 1)
    say "$shown:${line:-1}: not JSON: ${error#jq: }"
    return 1
  fi
  while IFS=$'\t' read -r key what; do
    [[ -z $key$what ]] && continue
    line=$(grep -n -m1 "\"$key\"" "$file" | cut -d: -f1)
    say "$shown:${line:-1}: $key: $what"
    ok=1
  done < <(jq -r --arg folder "$id" "$language_rules" "$file" 2>&1)
  source=$(jq -r '.source | strings' "$file" 2>/dev/null)
  if ((ok == 0)) && [[ ! -f $languages_dir/$id/hello.${source##*.} ]]; then
    say "$shown:$(grep -n -m1 '"source"' "$file" | cut -d: -f1): source: there is no hello.${source##*.} beside it, which prints Hello, World!"
    ok=1
  fi
  return $ok
}

read_languages() {
  local folder id image line
  for folder in "$languages_dir"/*/; do
    id=$(basename "$folder")
    if ! check_language "$id"; then broken+=("$id"); continue; fi
    image=$(jq -r --arg folder "$id" '.image // $folder' "$folder/language.json")
    if [[ ! -f $languages_dir/$image/Dockerfile ]]; then
      line=$(grep -n -m1 '"image"' "$folder/language.json" | cut -d: -f1)
      say "${folder#"$root"/}language.json:${line:-1}: image: there is no $image/Dockerfile"
      broken+=("$id")
      continue
    fi
    language_image[$id]=$image
    language_version[$id]=$(jq -r .version "$folder/language.json")
  done
  if ((${#language_image[@]} == 0)); then say "build-images: no usable language in $languages_dir"; exit 1; fi
}

# select_images [ids...]: fills images; python goes first, since `runyard up` needs it to answer its first request.
select_images() {
  local id
  local -A chosen=()
  for id in "$@"; do
    if [[ -n ${language_image[$id]:-} ]]; then
      chosen[${language_image[$id]}]=1
    elif [[ " ${broken[*]} " != *" $id "* ]]; then
      say "build-images: there is no language '$id'; there are: $(printf '%s\n' "${!language_image[@]}" | sort | xargs)"
      return 1
    fi
  done
  # Only broken folders that were asked for count.
  if (($#)); then
    local asked=()
    for id in "${broken[@]}"; do [[ " $* " == *" $id "* ]] && asked+=("$id"); done
    broken=("${asked[@]}")
  else
    for id in "${language_image[@]}"; do chosen[$id]=1; done
  fi
  [[ -n ${chosen[python]:-} ]] && images=(python)
  for id in $(printf '%s\n' "${!chosen[@]}" | sort); do [[ $id != python ]] && images+=("$id"); done
  return 0
}

list_languages() {
  local id image state final
  printf '%-14s %-12s %-14s %-10s %s\n' LANGUAGE VERSION IMAGE STATE SIZE
  for id in $(printf '%s\n' "${!language_image[@]}" | sort); do
    image=${language_image[$id]} final=runyard/${language_image[$id]}:latest
    folder_hash "$image"
    if [[ -z $(image_id "$final") ]]; then
      state=missing
    elif [[ $agent_hash != missing && $(image_hash "$final") != "$(final_hash "$REPLY")" ]]; then
      state=outdated
    else
      state=current
    fi
    printf '%-14s %-12s %-14s %-10s %s\n' "$id" "${language_version[$id]}" "$image" "$state" "$(megabytes "$(image_size "$final")")"
  done
  for id in "${broken[@]}"; do printf '%-14s %-12s %-14s %-10s\n' "$id" - - broken; done
  mapfile -t images < <(printf '%s\n' "${language_image[@]}" | sort -u)
  printf 'in all %s, layers that images share counted once\n' "$(megabytes "$(total_size runyard "${images[@]}")")"
}
