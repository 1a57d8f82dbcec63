#include <bits/stdc++.h>

#if __cplusplus != 201703L
#error not C++17
#endif
int main() { std::cout << std::gcd(12, 18) << "\n"; }
