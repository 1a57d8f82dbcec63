# Generics, templates, objects, iterators, exceptions, tables and compile-time evaluation.
import std/[algorithm, math, strformat, strutils, tables]

type
  Matrix = array[2, array[2, uint64]]
  Negative = object of CatchableError
  Words = ref object
    counts: CountTable[string]
    total: int

func `*`(left, right: Matrix): Matrix =
  for i in 0 .. 1:
    for j in 0 .. 1:
      result[i][j] = left[i][0] * right[0][j] + left[i][1] * right[1][j]

func power[T](base, one: T, exponent: int): T =
  result = one
  var base = base
  var n = exponent
  while n > 0:
    if n mod 2 == 1:
      result = result * base
    base = base * base
    n = n div 2

func fibonacci(n: int): uint64 =
  power([[1'u64, 1], [1'u64, 0]], [[1'u64, 0], [0'u64, 1]], n)[0][1]

const early = fibonacci(30)

func queens(size: int, row = 0, columns = 0'u32, left = 0'u32, right = 0'u32): int =
  if row == size:
    return 1
  var free = not (columns or left or right) and ((1'u32 shl size) - 1)
  while free != 0:
    let bit = free and (not free + 1)
    result += queens(size, row + 1, columns or bit, (left or bit) shl 1, (right or bit) shr 1)
    free = free and (free - 1)

proc root(x: float): float =
  if x < 0:
    raise newException(Negative, "negative")
  sqrt(x)

iterator inputLines(): string =
  var line: string
  while readLine(stdin, line):
    yield line

template expectError(kind: typedesc, body: untyped) =
  try:
    body
    quit "no error"
  except kind:
    discard

let words = Words()
for line in inputLines():
  for word in line.splitWhitespace():
    words.counts.inc(word)
    inc words.total
var entries: seq[(string, int)]
for word, count in words.counts:
  entries.add((word, count))
entries.sort do (a, b: (string, int)) -> int:
  result = cmp(b[1], a[1])
  if result == 0:
    result = cmp(a[0], b[0])
for (word, count) in entries:
  echo word, " ", count
expectError(Negative):
  discard root(-1)
doAssert early == 832040
echo &"{words.total} words, fibonacci {fibonacci(90)}, queens {queens(8)}, root {root(2):.6f}"
