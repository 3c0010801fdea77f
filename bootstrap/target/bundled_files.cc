#include "bootstrap/target/bundled_files.h"

#include <string_view>

#include "installer/base/error.h"

namespace ensure::bootstrap {

namespace {

/// A file of the newest bundled pip; empty where it has none such.
std::string file_of_pip(const bundled::Bundle& bundle, std::string_view path) {
  std::string content;
  if (bundle.wheels().empty()) return content;
  const bundled::BundledWheel& wheel = bundle.wheels().front();
  for (std::size_t part = 0; part < wheel.part_count() && content.empty(); ++part) {
    bundle.read_part(wheel, part, {}, [&](const bundled::BundledFile& file) {
      if (file.path == path) content = file.content;
    });
  }
  return content;
}

}  // namespace

std::string default_index(const bundled::Bundle& bundle) {
  // PyPI = PackageIndex("https://…", …), and its index is at "simple" below.
  const std::string text = file_of_pip(bundle, "pip/_internal/models/index.py");
  const std::size_t start = text.find("PackageIndex(", text.find("\nPyPI"));
  const std::size_t begin = start == std::string::npos ? start : text.find('"', start);
  const std::size_t end = begin == std::string::npos ? begin : text.find('"', begin + 1);
  if (end == std::string::npos) {
    throw base::Error(base::ExitCode::kUsage, "the bundled pip names no package index")
        .with_hint("name one with `--index-url`");
  }
  std::string address = text.substr(begin + 1, end - begin - 1);
  if (!address.ends_with('/')) address += '/';
  return address + "simple/";
}

std::string certificates(const bundled::Bundle& bundle) {
  return file_of_pip(bundle, "pip/_vendor/certifi/cacert.pem");
}

}  // namespace ensure::bootstrap
