// A program that looks like CPython's executable and answers `-VV` with the text of the file
// "version" beside it. Each run is noted, with its arguments, in the file "runs" beside it.

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

// The name by which `ensure` knows Python's own `main` function.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" __attribute__((used, visibility("default"))) int Py_BytesMain(int count,
                                                                         char** arguments) {
  const std::filesystem::path directory = std::filesystem::path(arguments[0]).parent_path();
  std::ofstream runs(directory / "runs", std::ios::app);
  runs << (count > 1 ? arguments[1] : "") << "\n";
  if (count != 2 || std::string(arguments[1]) != "-VV") return 2;
  std::cout << std::ifstream(directory / "version").rdbuf();
  return 0;
}

int main(int count, char** arguments) { return Py_BytesMain(count, arguments); }
