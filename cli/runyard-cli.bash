# bash completion for runyard-cli; installed as share/bash-completion/completions/runyard-cli.
_runyard_cli() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      run | languages | history | login | logout) command=${command:-$word} ;;
      --) return ;;
    esac
  done
  case $previous in
    --checker) mapfile -t COMPREPLY < <(compgen -W 'exact trim tokens float unordered_lines' -- "$current") && return ;;
    --status) mapfile -t COMPREPLY < <(compgen -W 'QUEUED RUNNING COMPLETED FAILED TIMEOUT CANCELLED' -- "$current") && return ;;
    --escapes) mapfile -t COMPREPLY < <(compgen -W 'auto show pass' -- "$current") && return ;;
    --artifacts) mapfile -t COMPREPLY < <(compgen -d -- "$current") && return ;;
  esac
  local options='--url --ca-file --help'
  case $command in
    run) options+=' --language --version --stdin --env --compile-arg --time --memory --tests --checker --problem
      --artifact --artifacts --json --detach --escapes --quiet' ;;
    languages) options+=' --json' ;;
    history) options+=' --limit --status --language --json' ;;
    login) options+=' --user --key' ;;
    logout) ;;
    *) options+=' --version run languages history login logout' ;;
  esac
  if [[ $current == -* || -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _runyard_cli runyard-cli
