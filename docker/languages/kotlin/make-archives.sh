#!/bin/sh
# make-archives.sh DIRECTORY: for each compiler and run time of this image a class-data archive NAME.jsa, made from a list of
# the classes that a training program loads, and NAME.options, the options of java that use it: an archive
# is taken only with the class path it was made with as the beginning of the program's own.
set -eu
out=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
cd "$work"
javac -d launch "$here/Launch.java"
jar --create --file "$out/launch.jar" -C launch .
input=$(printf '3 1 2\nwords and words\n')

# list NAME ARGUMENTS...: adds the classes that this call of java loads; its exit code does not matter, for
# programs and compilers with mistakes load the classes of messages as well.
list() {
  name=$1
  shift
  printf '%s\n' "$input" | java -Xshare:off "-XX:DumpLoadedClassList=$name.part" "$@" >"$name.log" 2>&1 || true
  cat "$name.part" >>"$name.list"
}

# dump NAME CLASSPATH: only classes of the JDK and of that path, which the list names without a source. The ids number
# the classes of one list and would clash.
# Then NAME.options, with CLASSPATH, what follows it, and further options.
dump() {
  grep -v -e '^#' -e 'source:' -e Train -e '^@lambda-proxy train' "$1.list" | sed 's/ id: [0-9]*$//' | awk '!seen[$0]++' >"$1.classes"
  java -Xshare:dump "-XX:SharedClassListFile=$1.classes" "-XX:SharedArchiveFile=$out/$1.jsa" -cp "$2" >"$1.log" 2>&1 ||
    { cat "$1.log"; exit 1; }
  name=$1 path=$2$3
  shift 3
  printf '%s\n' "-XX:SharedArchiveFile=$out/$name.jsa" -XX:+UseSerialGC -XX:-UsePerfData "$@" -cp "$path" >"$out/$name.options"
  echo "$name: $(wc -l <"$name.classes") classes"
}

kotlin=/usr/share/kotlin/kotlinc/lib
kotlinc_path=$kotlin/kotlin-compiler.jar:$kotlin/trove4j.jar:$kotlin/kotlin-reflect.jar:$kotlin/kotlin-script-runtime.jar:$kotlin/annotations-13.0.jar
kotlin_path=$out/launch.jar:$kotlin/kotlin-stdlib.jar:$kotlin/kotlin-stdlib-jdk7.jar:$kotlin/kotlin-stdlib-jdk8.jar:$kotlin/kotlin-reflect.jar
sed 's/val first = /val first: Int = missing + /' "$here/Train.kt" >wrong.kt
for source in wrong.kt "$here/Train.kt"; do
  list kotlinc -Xmx512m -cp "$kotlinc_path" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -kotlin-home /usr/share/kotlin/kotlinc -d main.jar "$source"
done
list kotlin -cp "$kotlin_path:main.jar" Launch Train
dump kotlinc "$kotlinc_path" "" -XX:TieredStopAtLevel=1
dump kotlin "$kotlin_path" ":main.jar"

scala=/usr/share/scala-2.11/lib
scalac_path=$scala/scala-compiler.jar:$scala/scala-library.jar:$scala/scala-reflect.jar:$scala/scala-xml.jar:$scala/scala-parser-combinators.jar
scala_path=$out/launch.jar:$scala/scala-library.jar:$scala/scala-parser-combinators.jar:$scala/scala-reflect.jar
sed 's/val numbers = /val numbers: Int = missing + /' "$here/Train.scala" >wrong.scala
for source in wrong.scala "$here/Train.scala"; do
  list scalac -Xmx512m -Xss4m -cp "$scalac_path" scala.tools.nsc.Main -usejavacp -d main.jar "$source"
done
list scala -cp "$scala_path:main.jar" Launch Train
dump scalac "$scalac_path" "" -XX:TieredStopAtLevel=1 -Xss4m
dump scala "$scala_path" ":main.jar"

clojure=/usr/share/java/clojure-1.12.jar
list clojure -cp "$clojure" clojure.main "$here/Train.clj"
dump clojure "$clojure" :. -XX:TieredStopAtLevel=1

groovy=/usr/share/java/groovy-all.jar:/usr/share/groovy/lib/asm.jar:/usr/share/groovy/lib/antlr.jar:/usr/share/groovy/lib/commons-cli.jar
list groovy -cp "$groovy" groovy.ui.GroovyMain "$here/Train.groovy"
dump groovy "$groovy" :. -XX:TieredStopAtLevel=1

# Each must be accepted with the options of its manifest.
check() { # name, arguments...
  name=$1
  shift
  printf '%s\n' "$input" | java -Xshare:on "@$out/$name.options" "$@" >"$name.log" 2>&1 || { cat "$name.log"; exit 1; }
}
printf '(println "checked")\n' >check.clj
printf 'println "checked"\n' >check.groovy
check clojure clojure.main check.clj
check groovy groovy.ui.GroovyMain check.groovy
check kotlinc org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -kotlin-home /usr/share/kotlin/kotlinc -d main.jar "$here/Train.kt"
check kotlin Launch Train
check scalac scala.tools.nsc.Main -usejavacp -d main.jar "$here/Train.scala"
check scala Launch Train
ls -l "$out"
