#include <iostream>
#include <string>
#include <vector>

#include "main/command_line.h"

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return gatehouse::run_command(words, std::cin, std::cout, std::cerr);
}
