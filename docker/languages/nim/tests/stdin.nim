import std/[math, sequtils, strutils]

let count = parseInt(readLine(stdin))
let numbers = readLine(stdin).splitWhitespace().map(parseInt)
echo "sum ", numbers[0 ..< count].sum
echo "last ", readLine(stdin)
