import { readFileSync } from "fs";

// Dijkstra on a grid, a priority queue, generators, async code and text work.
class Heap<T> {
  #items: [number, T][] = [];
  push(cost: number, value: T): void {
    const items = this.#items;
    items.push([cost, value]);
    for (let i = items.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (items[parent][0] <= items[i][0]) break;
      [items[parent], items[i]] = [items[i], items[parent]];
      i = parent;
    }
  }
  pop(): [number, T] {
    const items = this.#items;
    const top = items[0];
    const last = items.pop()!;
    if (items.length) {
      items[0] = last;
      for (let i = 0; ; ) {
        let least = i;
        for (const child of [2 * i + 1, 2 * i + 2])
          if (child < items.length && items[child][0] < items[least][0]) least = child;
        if (least === i) break;
        [items[least], items[i]] = [items[i], items[least]];
        i = least;
      }
    }
    return top;
  }
  get size(): number { return this.#items.length; }
}

type Place = [number, number];
type Grid = number[][];

function* neighbours([row, column]: Place, grid: Grid): Generator<Place> {
  for (const [dr, dc] of [[0, 1], [1, 0], [0, -1], [-1, 0]]) {
    const next: Place = [row + dr, column + dc];
    if (grid[next[0]]?.[next[1]] !== undefined) yield next;
  }
}

function cheapest(grid: Grid): number | undefined {
  const costs = new Map<string, number>([["0,0", 0]]);
  const heap = new Heap<Place>();
  heap.push(0, [0, 0]);
  while (heap.size) {
    const [cost, place] = heap.pop();
    if (place[0] === grid.length - 1 && place[1] === grid[0].length - 1) return cost;
    for (const next of neighbours(place, grid)) {
      const total = cost + grid[next[0]][next[1]];
      if (total < (costs.get(next.join()) ?? Infinity)) {
        costs.set(next.join(), total);
        heap.push(total, next);
      }
    }
  }
  return undefined;
}

enum Speed { Slow = 5, Fast = 1 }

const wait = <T,>(ms: Speed, value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value));

async function main(): Promise<void> {
  const text = readFileSync(0, "utf8");
  const grid = text.trim().split("\n").map((line) => [...line].map(Number));
  console.log("cost", cheapest(grid));
  const words = "b a c a b a".split(" ").reduce<Record<string, number>>((counts, word) => ({ ...counts, [word]: (counts[word] ?? 0) + 1 }), {});
  console.log(JSON.stringify(Object.entries(words).sort()));
  console.log((await Promise.all([wait(Speed.Slow, "one"), wait(Speed.Fast, "two")])).join(" "));
  console.log(String(2n ** 100n), "Straße".toUpperCase(), [3, 1, 2].toSorted().at(-1));
  console.log(new Intl.NumberFormat("de-DE").format(1234567.5));
}

await main();
