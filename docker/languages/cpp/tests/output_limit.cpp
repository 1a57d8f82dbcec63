#include <iostream>

int main() {
  for (;;) std::cout << "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n";
}
