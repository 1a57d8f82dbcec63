#!/bin/sh
# make-archives.sh DIRECTORY: writes javac.jsa and run.jsa, class-data archives for the compiler and for programs.
#
# Static archives from class lists, not dynamic ones: those refuse a class path that is a folder with files, and
# map two files. The collector may differ from the one at dump time (only G1 can dump heap objects).
set -eu
out=$1
here=$(dirname "$0")
home=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out" "$work/classes" "$work/empty"
compiler=com.sun.tools.javac.Main

# Once as it should be, once with mistakes, so that the classes for messages are in as well.
sed 's/int total/int total()/' "$here/Train.java" >"$work/Train.java"
java -Xshare:off "-XX:DumpLoadedClassList=$work/right.list" -cp "$work/empty" $compiler -cp . -d "$work/classes" "$here/Train.java"
java -Xshare:off "-XX:DumpLoadedClassList=$work/wrong.list" -cp "$work/empty" $compiler -cp . -d "$work/classes" "$work/Train.java" 2>/dev/null || true
printf '3 1 2\nwords and words\n' |
  java -Xshare:off "-XX:DumpLoadedClassList=$work/run.list" -cp "$work/classes" Train >/dev/null 2>&1

# Only classes of the JDK: the trained program's own, and lines that speak of them, go. The ids number the classes
# of one list; they serve custom class loaders only and would clash.
jdk_only() {
  cat "$home/lib/classlist" "$@" | grep -v -e '^#' -e 'source:' -e 'Train' | sed 's/ id: [0-9]*$//' | awk '!seen[$0]++'
}
jdk_only "$work/right.list" "$work/wrong.list" >"$work/javac.classes"
jdk_only "$work/run.list" >"$work/run.classes"
for name in javac run; do
  java -Xshare:dump "-XX:SharedClassListFile=$work/$name.classes" "-XX:SharedArchiveFile=$out/$name.jsa" \
    -cp "$work/empty" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
done
# Each must be accepted with the options of language.json.
cd "$work/classes"
java -Xshare:on "-XX:SharedArchiveFile=$out/run.jsa" -XX:+UseSerialGC -cp . Train </dev/null >/dev/null 2>&1
java -Xshare:on "-XX:SharedArchiveFile=$out/javac.jsa" -XX:+UseSerialGC -cp . $compiler -cp . -d . "$here/Train.java"
ls -l "$out"
