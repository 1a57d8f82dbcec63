# Functions, arrays, associative arrays, recursion, pipes, here-documents and the usual tools.
set -euo pipefail

declare -A stock=()

add() { # name amount
  stock[$1]=$((${stock[$1]:-0} + $2))
}

remove() {
  local name=$1 amount=$2
  if ((${stock[$name]:-0} < amount)); then
    echo "only ${stock[$name]:-0} of $name" >&2
    return 1
  fi
  ((stock[$name] -= amount)) || true
}

factorial() {
  if (($1 <= 1)); then echo 1; else echo $(($1 * $(factorial $(($1 - 1))))); fi
}

is_prime() {
  local i
  for ((i = 2; i * i <= $1; i++)); do
    if (($1 % i == 0)); then return 1; fi
  done
  return 0
}

while read -r action name amount; do
  case $action in
    add) add "$name" "$amount" ;;
    remove) remove "$name" "$amount" 2>message || echo "refused: $(<message)" ;;
    *) echo "unknown: $action" ;;
  esac
done

for name in "${!stock[@]}"; do printf '%s %d\n' "$name" "${stock[$name]}"; done | sort
echo "factorial $(factorial 10)"

primes=()
for ((n = 2; n < 40; n++)); do
  if is_prime "$n"; then primes+=("$n"); fi
done
echo "primes ${primes[*]}"

tr -cs '[:alpha:]' '\n' <<'TEXT' | tr '[:upper:]' '[:lower:]' | sort | uniq -c | sort -k1,1nr -k2 | head -n 2 | awk '{print $2, $1}'
The dog and the cat and the bird.
TEXT
echo '{"list": [1, 2, 3]}' | jq -c '.list | map(. * 2)'
echo "scale=5; sqrt(2)" | bc
text="Hello, World"
echo "${text,,} ${text//o/0} ${#text} ${text:7:5}"
