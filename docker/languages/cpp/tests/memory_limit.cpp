#include <iostream>
#include <vector>

int main() {
  std::vector<std::vector<char>> blocks;
  for (;;) blocks.emplace_back(4 << 20, 'x');
}
