// The pack program of the build: audits wheels, has their bytecode compiled, and writes the payload
// that is embedded into the executable.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bundled/pack/bytecode_compiler.h"
#include "bundled/pack/listing.h"
#include "bundled/pack/pack_options.h"
#include "bundled/pack/packed_wheel.h"
#include "bundled/pack/payload_writer.h"
#include "bundled/pack/pins.h"
#include "bundled/pack/proof.h"
#include "bundled/pack/wheel_reader.h"
#include "bundled/payload/manifest.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/parallel.h"
#include "installer/base/path.h"
#include "installer/specs/versions/version.h"

namespace ensure::bundled {

namespace {

constexpr std::size_t kMostThreads = 16;

/// A wheel together with the file that it was read from.
struct WheelInput {
  base::Path path;
  PackedWheel wheel;
};

std::vector<WheelInput> read_wheels(const PackOptions& options) {
  std::vector<WheelInput> inputs;
  inputs.reserve(options.wheels.size());
  for (const base::Path& path : options.wheels) inputs.push_back({path, read_wheel(path)});
  if (options.pins) {
    const Pins pins = Pins::read(*options.pins);
    for (const WheelInput& input : inputs) pins.require(input.wheel.filename, input.wheel.sha256);
  }
  std::ranges::sort(inputs, std::ranges::greater{},
                    [](const WheelInput& input) { return input.wheel.version; });
  return inputs;
}

/// Compiles, with each Python, the wheel that an environment of that Python gets.
void add_bytecode(const PackOptions& options, std::vector<WheelInput>& inputs) {
  const BytecodeCompiler compiler(options.compiler, options.work_directory);
  for (const BuildPython& python : compiler.choose(options.pythons)) {
    const auto input = std::ranges::find_if(inputs, [&](const WheelInput& candidate) {
      return candidate.wheel.requires_python.contains(python.version);
    });
    if (input == inputs.end()) continue;
    input->wheel.bytecode.push_back(compiler.compile(python, input->path));
  }
}

void write_output(const base::Path& path, std::string_view content) {
  const base::Descriptor file = base::open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  base::write_all(file.get(), content, path);
}

/// Prints which bytecode is in the payload, for the log of the build.
void print_bytecode(std::string_view payload) {
  for (const BundledWheel& wheel : decode_manifest(payload)) {
    for (const std::string& tag : wheel.bytecode_tags()) {
      std::printf("bytecode of %s for %s\n", wheel.filename.c_str(), tag.c_str());
    }
  }
}

void pack(const PackOptions& options) {
  std::vector<WheelInput> inputs = read_wheels(options);
  add_bytecode(options, inputs);
  std::vector<PackedWheel> wheels;
  wheels.reserve(inputs.size());
  for (WheelInput& input : inputs) wheels.push_back(std::move(input.wheel));
  const PackedPayload payload = write_payload(
      std::move(wheels), {.threads = base::useful_threads(kMostThreads), .limit = options.limit});
  prove_payload(payload.bytes, payload.wheels);
  print_bytecode(payload.bytes);
  require_bytecode(payload.bytes, options.required_bytecode);
  write_output(options.listing, list_payload(payload.bytes));
  write_output(options.output, payload.bytes);
  std::printf("%s: %zu bytes\n", options.output.c_str(), payload.bytes.size());
}

/// The error as the build's log shows it.
std::string worded(const base::Error& error) {
  std::string text = error.message() + "\n";
  for (const std::string& context : error.contexts()) text += "  " + context + "\n";
  for (const std::string& hint : error.hints()) text += "hint: " + hint + "\n";
  return text;
}

int fail(const std::string& text, base::ExitCode exit_code) {
  base::write_all(STDERR_FILENO, "error: " + text, "standard error");
  return static_cast<int>(exit_code);
}

}  // namespace

}  // namespace ensure::bundled

int main(int argument_count, char** arguments) {
  using namespace ensure;
  try {
    bundled::pack(bundled::PackOptions::parse({arguments + 1, arguments + argument_count}));
    return 0;
  } catch (const base::Error& error) {
    return bundled::fail(bundled::worded(error), error.exit_code());
  } catch (const std::exception& error) {
    return bundled::fail(std::string(error.what()) + "\n", base::ExitCode::kFailure);
  }
}
