#!/bin/sh
# make-pch.sh DIRECTORY [COMPILER]: precompiles <iostream> and <bits/stdc++.h> into DIRECTORY/<header>.gch/<standard>.gch.
#
# GCC accepts such a file only for the same standard and nearly the same options: made with -O2, it serves -O2 and
# -O3, -Wall and the like. The programs then come out as without it: at -O2 the same instructions (only the order
# of the library's functions may change), at -O3 the library's own instances as -O2 made them. Each <bits/stdc++.h> takes 130 to 190 MB, so the strict standards
# (-std=c++NN) get <iostream> only.
set -eu
out=$1
cxx=${2:-g++}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$cxx" -shared -fPIC -fno-rtti -O1 "-I$("$cxx" -print-file-name=plugin)/include" -o "$work/instantiate.so" \
  "$(dirname "$0")/instantiate.cc"

precompile() { # header standard
  mkdir -p "$out/$1.gch"
  # The file's name shows up in the compiler's "included from" lines.
  printf '#include <%s>\n#pragma runyard instantiate\n' "$1" >"$out/precompiled.hpp"
  "$cxx" "-fplugin=$work/instantiate.so" "-std=$2" -O2 -x c++-header "$out/precompiled.hpp" -o "$out/$1.gch/$2.gch"
}

# A program that uses what was precompiled must be the same as without, and must really have used it.
check() { # header standard
  printf '%s\n' "#include <$1>" 'int main() { std::cout << "Hello, " << std::string("World") << std::hex << 255 << std::endl; }' >"$work/main.cpp"
  "$cxx" "-std=$2" -O2 -S "$work/main.cpp" -o "$work/plain.s"
  "$cxx" "-std=$2" -O2 "-I$out" -H -S "$work/main.cpp" -o "$work/fast.s" 2>"$work/headers"
  grep -q "^! $out/$1.gch/$2.gch" "$work/headers" || { cat "$work/headers"; echo "$1 for $2 is not used"; exit 1; }
  # Local labels carry the function's running number, nothing else may differ.
  sed -i 's/\.L\([A-Z]*\)[0-9]*/.L\1/g' "$work/plain.s" "$work/fast.s"
  cmp "$work/plain.s" "$work/fast.s"
}

for standard in gnu++20 gnu++17 c++20 c++17; do
  precompile iostream $standard
  check iostream $standard
done
for standard in gnu++20 gnu++17; do
  precompile bits/stdc++.h $standard
  check bits/stdc++.h $standard
done
rm "$out/precompiled.hpp"
du -sh "$out"
