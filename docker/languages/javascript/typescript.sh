#!/bin/sh
# runyard-typescript [--typecheck | --typecheck=loose] ENTRY: makes main.mjs of a TypeScript program.
#
# esbuild strips the types and joins the files (8 ms). Asked to, the compiler proper checks the types first, as
# a program of its own (0.1 s): its JavaScript launcher would double that. In one thread: otherwise it reads all
# files at once, each with a thread where the disk is slow, and meets the limit of processes. Modules keep their
# ES form, so that top-level await works; require.mjs adds what programs in the older form expect.
set -eu
check=
while [ $# -gt 1 ]; do
  case $1 in
    --typecheck) check=--strict ;;
    --typecheck=loose) check="--strict false" ;;
    *) echo "runyard-typescript: unknown argument $1" >&2; exit 2 ;;
  esac
  shift
done
if [ -n "$check" ]; then
  # Splitting is meant: an option and its value.
  # shellcheck disable=SC2086
  /opt/typescript/node_modules/@typescript/typescript-linux-x64/lib/tsc --noEmit --singleThreaded $check --pretty false \
    --target esnext --module preserve --moduleResolution bundler --allowImportingTsExtensions --skipLibCheck \
    --typeRoots /opt/typescript/node_modules/@types --types node --ignoreConfig "$1" >&2 || exit 1
fi
exec esbuild "$1" --bundle --platform=node --format=esm --target=node24 --packages=external --tsconfig=/opt/typescript/tsconfig.json \
  --sourcemap=inline --sources-content=false --inject:/opt/typescript/require.mjs --outfile=main.mjs --log-level=warning
