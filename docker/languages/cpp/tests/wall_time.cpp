#include <iostream>

#include <unistd.h>

int main() {
  std::cout << "before" << std::endl;
  sleep(30);
}
