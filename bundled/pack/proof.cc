#include "bundled/pack/proof.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>

#include "bundled/payload/bundle.h"
#include "bundled/payload/manifest.h"
#include "installer/base/error.h"
#include "installer/base/text.h"

namespace ensure::bundled {

namespace {

using FilesByPath = std::map<std::string_view, const PackedFile*>;

FilesByPath by_path(const std::vector<PackedFile>& files) {
  FilesByPath found;
  for (const PackedFile& file : files) found[file.path] = &file;
  return found;
}

void require(bool holds, std::string_view what) {
  if (holds) return;
  throw base::Error(base::ExitCode::kFailure,
                    "the payload does not give back `" + std::string(what) + "`")
      .with_hint("this is a fault of the pack program: report it with the wheels you bundle");
}

/// Reads a wheel with its bytecode for `cache_tag` and crosses off what comes.
void prove(const Bundle& bundle, const BundledWheel& wheel, std::string_view cache_tag,
           FilesByPath modules, FilesByPath bytecode) {
  for (std::size_t part = 0; part < wheel.part_count(); ++part) {
    bundle.read_part(wheel, part, cache_tag, [&](const BundledFile& file) {
      FilesByPath& expected = file.bytecode ? bytecode : modules;
      const auto found = expected.find(file.path);
      require(found != expected.end() && found->second->content == file.content &&
                  found->second->executable == file.executable,
              file.path);
      expected.erase(found);
    });
  }
  for (const FilesByPath& missing : {modules, bytecode}) {
    require(missing.empty(), missing.empty() ? "" : missing.begin()->first);
  }
}

}  // namespace

void prove_payload(std::string_view payload, const std::vector<PackedWheel>& wheels) {
  const Bundle bundle(payload);
  for (const PackedWheel& packed : wheels) {
    const auto wheel = std::ranges::find(bundle.wheels(), packed.filename, &BundledWheel::filename);
    require(wheel != bundle.wheels().end(), packed.filename);
    prove(bundle, *wheel, {}, by_path(packed.files), {});
    for (const PackedBytecode& bytecode : packed.bytecode) {
      prove(bundle, *wheel, bytecode.cache_tag, by_path(packed.files), by_path(bytecode.files));
    }
  }
}

void require_bytecode(std::string_view payload, const std::vector<std::string>& versions) {
  const std::vector<BundledWheel> wheels = decode_manifest(payload);
  std::vector<std::string> missing;
  for (const std::string& version : versions) {
    const std::string tag = "cpython-" + base::replace_all(version, ".", "");
    const bool is_there = std::ranges::any_of(
        wheels, [&](const BundledWheel& wheel) { return wheel.bytecode_for(tag) != nullptr; });
    if (!is_there) missing.push_back(version);
  }
  if (missing.empty()) return;
  throw base::Error(base::ExitCode::kFailure,
                    "the payload has no bytecode for Python " + base::join(missing, ", "))
      .with_hint(
          "install these Pythons on the build machine, or name them in ENSURE_BYTECODE_PYTHONS; "
          "if they are there, raise ENSURE_PAYLOAD_LIMIT");
}

}  // namespace ensure::bundled
