// Dijkstra on a grid, a priority queue, generators, async code and text work.
class Heap {
  #items = [];
  push(cost, value) {
    const items = this.#items;
    items.push([cost, value]);
    for (let i = items.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (items[parent][0] <= items[i][0]) break;
      [items[parent], items[i]] = [items[i], items[parent]];
      i = parent;
    }
  }
  pop() {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
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
  get size() { return this.#items.length; }
}

function* neighbours([row, column], grid) {
  for (const [dr, dc] of [[0, 1], [1, 0], [0, -1], [-1, 0]]) {
    const next = [row + dr, column + dc];
    if (grid[next[0]]?.[next[1]] !== undefined) yield next;
  }
}

function cheapest(grid) {
  const costs = new Map([["0,0", 0]]);
  const heap = new Heap();
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
}

const wait = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));

async function main() {
  const text = require("fs").readFileSync(0, "utf8");
  const grid = text.trim().split("\n").map((line) => [...line].map(Number));
  console.log("cost", cheapest(grid));
  const words = "b a c a b a".split(" ").reduce((counts, word) => ({ ...counts, [word]: (counts[word] ?? 0) + 1 }), {});
  console.log(JSON.stringify(Object.entries(words).sort()));
  console.log((await Promise.all([wait(5, "one"), wait(1, "two")])).join(" "));
  console.log(String(2n ** 100n), "Straße".toUpperCase(), [3, 1, 2].toSorted().at(-1));
  console.log(new Intl.NumberFormat("de-DE").format(1234567.5));
}

main();
