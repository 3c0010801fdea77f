// The pack program of the build: audits wheels, has their bytecode compiled, and writes the payload
// that is embedded into the executable.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bundled/pack/bytecode_compiler.h"
#include "bundled/pack/pack_options.h"
#include "bundled/pack/packed_wheel.h"
#include "bundled/pack/payload_writer.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/parallel.h"
#include "installer/base/path.h"

namespace ensure::bundled {

namespace {

constexpr std::size_t kMostThreads = 16;

/// The wheels, newest first.
std::vector<PackedWheel> read_wheels(const PackOptions& options) {
  std::vector<PackedWheel> wheels;
  wheels.reserve(options.wheels.size());
  for (const base::Path& path : options.wheels) {
    wheels.push_back(read_wheel(path));
    if (!options.pins.empty()) require_pinned(options.pins, wheels.back());
  }
  std::ranges::sort(wheels, std::ranges::greater{}, &PackedWheel::version);
  return wheels;
}

/// Compiles, with each Python, the wheel that an environment of that Python gets.
void add_bytecode(const PackOptions& options, std::vector<PackedWheel>& wheels) {
  const BytecodeCompiler compiler(options.compiler, options.work_directory);
  for (const BuildPython& python : compiler.choose(options.pythons)) {
    const auto wheel = std::ranges::find_if(wheels, [&](const PackedWheel& candidate) {
      return candidate.requires_python.contains(python.version);
    });
    if (wheel == wheels.end()) continue;
    const auto path = std::ranges::find(options.wheels, base::Path(wheel->filename),
                                        [](const base::Path& one) { return one.filename(); });
    wheel->bytecode.push_back(compiler.compile(python, *path));
  }
}

void pack(const PackOptions& options) {
  std::vector<PackedWheel> wheels = read_wheels(options);
  add_bytecode(options, wheels);
  const PackedPayload payload = write_payload(
      std::move(wheels), {.threads = base::useful_threads(kMostThreads), .limit = options.limit});
  prove_payload(payload.bytes, payload.wheels);
  for (const PackedWheel& wheel : payload.wheels) {
    for (const PackedBytecode& bytecode : wheel.bytecode) {
      std::printf("bytecode of %s for %s\n", wheel.filename.c_str(), bytecode.cache_tag.c_str());
    }
  }
  require_bytecode(payload.bytes, options.required_bytecode);
  base::File::open_for_output(options.output).write(payload.bytes);
  std::printf("%s: %zu bytes\n", options.output.c_str(), payload.bytes.size());
}

}  // namespace

}  // namespace ensure::bundled

int main(int argument_count, char** arguments) {
  using namespace ensure;
  try {
    bundled::pack(bundled::PackOptions::parse({arguments + 1, arguments + argument_count}));
    return 0;
  } catch (const base::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.message().c_str());
    for (const std::string& context : error.contexts()) {
      std::fprintf(stderr, "  %s\n", context.c_str());
    }
    for (const std::string& hint : error.hints()) std::fprintf(stderr, "hint: %s\n", hint.c_str());
    return static_cast<int>(error.exit_code());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return static_cast<int>(base::ExitCode::kFailure);
  }
}
