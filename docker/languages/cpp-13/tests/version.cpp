#include <bits/stdc++.h>

int main() {
  std::map<std::string, int> versions = {{"gcc", __GNUC__}, {"c++", __cplusplus / 100 % 100}};
  for (const auto& [name, version] : versions) std::cout << name << ' ' << version << '\n';
}
