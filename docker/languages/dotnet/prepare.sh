#!/bin/bash
# prepare.sh FOLDER: the compiler's arguments and the runtime's configuration, once for all programs.
set -euo pipefail
out=$1
mkdir -p "$out"
root=$(dirname "$(readlink -f "$(command -v dotnet)")")
sdk=$(echo "$root"/sdk/*/)
references=$(echo "$root"/packs/Microsoft.NETCore.App.Ref/*/ref/net*/)
{
  printf '%s\n' -nologo -noconfig -nostdlib+ -optimize+ -langversion:latest -nullable:enable -nowarn:CS8600,CS8602,CS8604
  printf -- '-reference:"%s"\n' "$references"*.dll
  printf '"%s"\n' "$out/usings.cs"
} >"$out/arguments.rsp"
printf 'global using %s;\n' System System.Collections.Generic System.IO System.Linq System.Net.Http System.Threading System.Threading.Tasks \
  >"$out/usings.cs"
version=$(basename "$root"/shared/Microsoft.NETCore.App/*)
printf '{"runtimeOptions": {"tfm": "net%s", "framework": {"name": "Microsoft.NETCore.App", "version": "%s"}}}\n' \
  "${version%.*}" "$version" >"$out/main.runtimeconfig.json"
echo "${sdk}Roslyn/bincore/csc.dll" >"$out/compiler"
