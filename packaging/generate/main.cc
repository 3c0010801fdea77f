#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "installer/base/path.h"
#include "packaging/generate/completions.h"
#include "packaging/generate/man_page.h"

/// `ensure-generate FOLDER`: writes the man page and the completions into FOLDER, laid out as
/// distributions install them below /usr/share.
namespace {

namespace generate = ensure::generate;

void write(const ensure::base::Path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path().text());
  std::ofstream file(path.text(), std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path.text());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: ensure-generate FOLDER\n", stderr);
    return 2;
  }
  const ensure::base::Path folder = argv[1];
  try {
    write(folder / "man/man1/ensure.1", generate::man_page(ENSURE_VERSION));
    write(folder / "bash-completion/completions/ensure", generate::bash_completion());
    write(folder / "zsh/vendor-completions/_ensure", generate::zsh_completion());
    write(folder / "fish/vendor_completions.d/ensure.fish", generate::fish_completion());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ensure-generate: %s\n", error.what());
    return 1;
  }
  return 0;
}
