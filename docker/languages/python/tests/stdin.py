import sys

count = int(input())
numbers = list(map(int, input().split()))
assert len(numbers) == count
print("sum", sum(numbers))
for line in sys.stdin:
    print("last", line.rstrip("\n"))
