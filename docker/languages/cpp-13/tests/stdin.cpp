#include <iostream>
#include <string>

int main() {
  int count, sum = 0;
  std::cin >> count;
  for (int number; count-- > 0 && std::cin >> number;) sum += number;
  std::string line;
  std::getline(std::cin >> std::ws, line);
  std::cout << "sum " << sum << "\nlast " << line << std::endl;
}
