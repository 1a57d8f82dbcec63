"""An interpreter of a small language: tokens, a recursive parser, an evaluator; and a few puzzles solved with it."""
import re
import sys
from collections import defaultdict, deque
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations


@dataclass(frozen=True)
class Token:
    kind: str
    text: str


def tokens(text):
    for match in re.finditer(r"\s*(?:(?P<number>\d+)|(?P<name>[a-z]+)|(?P<sign>[-+*/()=]))", text):
        yield Token(match.lastgroup, match.group(match.lastgroup))


class Parser:
    def __init__(self, text, names):
        self.tokens = deque(tokens(text))
        self.names = names

    def take(self, *texts):
        if self.tokens and self.tokens[0].text in texts:
            return self.tokens.popleft().text
        return None

    def statement(self):
        if len(self.tokens) > 1 and self.tokens[1].text == "=":
            name = self.tokens.popleft().text
            self.tokens.popleft()
            self.names[name] = self.sum()
            return None
        return self.sum()

    def sum(self):
        value = self.product()
        while sign := self.take("+", "-"):
            right = self.product()
            value = value + right if sign == "+" else value - right
        return value

    def product(self):
        value = self.atom()
        while sign := self.take("*", "/"):
            right = self.atom()
            value = value * right if sign == "*" else value // right
        return value

    def atom(self):
        if self.take("("):
            value = self.sum()
            assert self.take(")"), "expected )"
            return value
        if self.take("-"):
            return -self.atom()
        token = self.tokens.popleft()
        return int(token.text) if token.kind == "number" else self.names[token.text]


@lru_cache(maxsize=None)
def ways(amount, coins):
    if amount == 0:
        return 1
    if amount < 0 or not coins:
        return 0
    return ways(amount - coins[0], coins) + ways(amount, coins[1:])


def queens(size):
    return sum(
        len({row + column for row, column in enumerate(columns)}) == size
        and len({row - column for row, column in enumerate(columns)}) == size
        for columns in permutations(range(size))
    )


def main():
    names = {}
    for line in sys.stdin:
        value = Parser(line, names).statement()
        if value is not None:
            print(value)
    counts = defaultdict(int)
    for word in "the quick the lazy the dog quick".split():
        counts[word] += 1
    print(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    print(queens(6), ways(100, (50, 25, 10, 5, 1)), 2**100)


main()
