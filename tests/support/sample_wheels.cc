#include "tests/support/sample_wheels.h"

#include <cstddef>

namespace ensure::bundled {

namespace {

/// Text that compresses like a module: words in an order that differs from file to file.
std::string module_text(std::string_view path, std::size_t lines) {
  std::string text = "# " + std::string(path) + "\n";
  for (std::size_t i = 0; i < lines; ++i) {
    text += "def function_" + std::to_string(i * 7919 % 1000) + "(): return " +
            std::to_string(i * i) + "\n";
  }
  return text;
}

std::map<std::string, PackedFile> by_path(const std::vector<PackedFile>& files) {
  std::map<std::string, PackedFile> found;
  for (const PackedFile& file : files) found[file.path] = file;
  return found;
}

}  // namespace

PackedWheel sample_wheel(std::string_view version, std::string_view requires_python) {
  const std::string dist_info = "sample-" + std::string(version) + ".dist-info";
  std::vector<PackedFile> files{
      {.path = dist_info + "/METADATA", .content = "Name: sample\n"},
      {.path = dist_info + "/RECORD", .content = "sample/__init__.py,,\n"},
      {.path = dist_info + "/licenses/LICENSE", .content = "Do what you like.\n"},
      {.path = "sample/__init__.py", .content = "version = '" + std::string(version) + "'\n"},
      {.path = "sample/empty.py", .content = ""},
      {.path = "sample/tool.py", .content = module_text("tool", 20), .executable = true},
      {.path = "sample/data/table.txt", .content = std::string("\0\xff binary", 9)},
      {.path = "single.py", .content = module_text("single", 3)}};
  for (const std::string directory : {"a", "b", "b/c", "d"}) {
    const std::string path = "sample/" + directory + "/module.py";
    files.push_back({.path = path, .content = module_text(path + std::string(version), 30)});
  }
  return {.filename = "sample-" + std::string(version) + "-py3-none-any.whl",
          .name = specs::PackageName::parse("sample"),
          .version = specs::Version::parse(version),
          .requires_python = specs::SpecifierSet::parse(requires_python),
          .sha256 = std::string(64, 'a'),
          .dist_info = dist_info,
          .files = std::move(files),
          .bytecode = {}};
}

PackedBytecode sample_bytecode(const PackedWheel& wheel, std::string_view cache_tag) {
  PackedBytecode bytecode{
      .cache_tag = std::string(cache_tag), .compiled_with = "3.12.1", .files = {}};
  for (const PackedFile& file : wheel.files) {
    if (!file.path.ends_with(".py")) continue;
    const std::size_t slash = file.path.rfind('/');
    const std::size_t stem = slash == std::string::npos ? 0 : slash + 1;
    const std::string module = file.path.substr(stem, file.path.size() - stem - 3);
    bytecode.files.push_back({.path = file.path.substr(0, stem) + "__pycache__/" + module + "." +
                                      std::string(cache_tag) + ".pyc",
                              .content = "compiled by " + std::string(cache_tag) + file.content});
  }
  return bytecode;
}

std::vector<PackedWheel> sample_wheels() {
  PackedWheel older = sample_wheel("1.0", ">=3.8");
  older.bytecode.push_back(sample_bytecode(older, "cpython-38"));
  PackedWheel newer = sample_wheel("2.0", ">=3.10");
  newer.bytecode.push_back(sample_bytecode(newer, "cpython-310"));
  newer.bytecode.push_back(sample_bytecode(newer, "cpython-312"));
  return {older, newer};
}

std::map<std::string, PackedFile> files_of(const Bundle& bundle, const BundledWheel& wheel,
                                           std::string_view cache_tag) {
  std::map<std::string, PackedFile> files;
  for (std::size_t part = 0; part < wheel.part_count(); ++part) {
    bundle.read_part(wheel, part, cache_tag, [&](const BundledFile& file) {
      files[std::string(file.path)] = {.path = std::string(file.path),
                                       .content = std::string(file.content),
                                       .executable = file.executable};
    });
  }
  return files;
}

std::map<std::string, PackedFile> files_of(const PackedWheel& wheel, std::string_view cache_tag) {
  std::map<std::string, PackedFile> files = by_path(wheel.files);
  for (const PackedBytecode& bytecode : wheel.bytecode) {
    if (bytecode.cache_tag == cache_tag) files.merge(by_path(bytecode.files));
  }
  return files;
}

}  // namespace ensure::bundled
