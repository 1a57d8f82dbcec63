import std/strutils

echo "before"
stdout.flushFile()
echo parseInt("x")
