#include <bits/stdc++.h>
using namespace std;

// Concepts, ranges, variants, threads and containers in one program.
template <typename T>
concept Number = integral<T> || floating_point<T>;

template <Number T>
T power(T base, unsigned exponent) {
  T result = 1;
  for (; exponent; exponent >>= 1, base *= base)
    if (exponent & 1) result *= base;
  return result;
}

struct Add;
using Tree = variant<int, unique_ptr<Add>>;
struct Add {
  Tree left, right;
};

int evaluate(const Tree& tree) {
  return visit(
      [](const auto& node) -> int {
        if constexpr (is_same_v<decay_t<decltype(node)>, int>) return node;
        else return evaluate(node->left) + evaluate(node->right);
      },
      tree);
}

class Graph {
 public:
  void edge(int a, int b, int cost) {
    edges_[a].push_back({b, cost});
    edges_[b].push_back({a, cost});
  }
  map<int, int> distances(int from) const {
    map<int, int> result;
    priority_queue<pair<int, int>, vector<pair<int, int>>, greater<>> queue;
    queue.push({0, from});
    while (!queue.empty()) {
      auto [cost, node] = queue.top();
      queue.pop();
      if (!result.try_emplace(node, cost).second) continue;
      if (auto found = edges_.find(node); found != edges_.end())
        for (auto [next, more] : found->second)
          if (!result.contains(next)) queue.push({cost + more, next});
    }
    return result;
  }

 private:
  unordered_map<int, vector<pair<int, int>>> edges_;
};

int main() {
  Graph graph;
  int edges;
  cin >> edges;
  for (int a, b, cost; edges-- > 0 && cin >> a >> b >> cost;) graph.edge(a, b, cost);
  for (auto [node, cost] : graph.distances(1)) cout << node << ":" << cost << ' ';
  cout << '\n' << setw(8) << fixed << setprecision(3) << numbers::pi << '|' << left << setw(6) << "left" << '|' << hex << showbase << 255
       << dec << defaultfloat << '\n';

  vector<int> values(10);
  iota(values.begin(), values.end(), 1);
  for (int value : values | views::filter([](int v) { return v % 2; }) | views::transform([](int v) { return v * v; }))
    cout << value << ' ';
  cout << '\n';

  auto sum = make_unique<Add>(Add{1, make_unique<Add>(Add{2, 3})});
  cout << evaluate(Tree(move(sum))) << ' ' << power(3LL, 20) << ' ' << power(0.5, 3) << '\n';

  atomic<int> counter = 0;
  vector<jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&counter] {
      for (int j = 0; j < 1000; ++j) ++counter;
    });
  threads.clear();
  string text = "2024-05-06";
  ranges::replace(text, '-', '.');
  ranges::sort(values, greater{});
  __int128 large = static_cast<__int128>(1) << 100;
  cout << counter << ' ' << text << ' ' << values.front() << ' ' << static_cast<long long>(large >> 90) << endl;
}
