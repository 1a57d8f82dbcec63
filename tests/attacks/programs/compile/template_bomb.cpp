template <int depth, int which>
struct Bomb {
  using One = typename Bomb<depth - 1, 2 * which>::One;
  using Two = typename Bomb<depth - 1, 2 * which + 1>::One;
};
template <int which>
struct Bomb<0, which> {
  using One = int;
};
Bomb<28, 0>::One one;
int main() {}
