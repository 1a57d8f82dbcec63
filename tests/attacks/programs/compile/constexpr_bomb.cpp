constexpr unsigned long spin(unsigned long seed) {
  for (unsigned long i = 0; i < 5000000; ++i) seed = seed * 6364136223846793005UL + i;
  return seed;
}
template <unsigned long n>
struct Many {
  static constexpr unsigned long value = spin(n) + Many<n - 1>::value;
};
template <>
struct Many<0> {
  static constexpr unsigned long value = 0;
};
static_assert(Many<800>::value != 1);
int main() {}
