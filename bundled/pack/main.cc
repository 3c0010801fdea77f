// The pack program of the build: audits wheels, has their bytecode compiled, and writes the payload
// that is embedded into the executable.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bundled/manifest.h"
#include "bundled/pack/bytecode_compiler.h"
#include "bundled/pack/listing.h"
#include "bundled/pack/pack_options.h"
#include "bundled/pack/packed_wheel.h"
#include "bundled/pack/payload_writer.h"
#include "bundled/pack/pins.h"
#include "bundled/pack/proof.h"
#include "bundled/pack/wheel_reader.h"
#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/parallel.h"
#include "installer/specs/version.h"

namespace ensure::bundled {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostThreads = 16;

/// A wheel together with the file that it was read from.
struct WheelInput {
  fs::path path;
  PackedWheel wheel;
};

std::vector<WheelInput> read_wheels(const PackOptions& options) {
  std::vector<WheelInput> inputs;
  inputs.reserve(options.wheels.size());
  for (const fs::path& path : options.wheels) inputs.push_back({path, read_wheel(path)});
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
  const BytecodeCompiler compiler(options.compiler, options.work_folder);
  for (const BuildPython& python : compiler.choose(options.pythons)) {
    const auto input = std::ranges::find_if(inputs, [&](const WheelInput& candidate) {
      return candidate.wheel.requires_python.contains(python.version, specs::Prereleases::kAllowed);
    });
    if (input == inputs.end()) continue;
    input->wheel.bytecode.push_back(compiler.compile(python, input->path));
    std::printf("%s for %s: %zu modules\n", input->wheel.filename.c_str(), python.cache_tag.c_str(),
                input->wheel.bytecode.back().files.size());
  }
}

void write_output(const fs::path& path, std::string_view content) {
  const base::Descriptor file = base::open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  base::write_all(file.get(), content, path);
}

/// A wheel's bytecode for one Python.
struct BytecodePlace {
  PackedWheel* wheel = nullptr;
  std::size_t index = 0;
};

/// The bytecode for the oldest Python; none where there is none at all.
std::optional<BytecodePlace> oldest_bytecode(std::vector<PackedWheel>& wheels) {
  std::optional<BytecodePlace> place;
  std::optional<specs::Version> oldest;
  for (PackedWheel& wheel : wheels) {
    for (std::size_t i = 0; i < wheel.bytecode.size(); ++i) {
      specs::Version version = specs::Version::parse(wheel.bytecode[i].compiled_with);
      if (oldest && version >= *oldest) continue;
      oldest = std::move(version);
      place = {&wheel, i};
    }
  }
  return place;
}

/// How many bytes a wheel's bytecode takes in a payload.
std::size_t size_in(std::string_view payload, const BytecodePlace& place) {
  const std::vector<BundledWheel> wheels = decode_manifest(payload);
  const auto wheel = std::ranges::find(wheels, place.wheel->filename, &BundledWheel::filename);
  std::size_t size = 0;
  for (const Frame& frame :
       wheel->bytecode_for(place.wheel->bytecode[place.index].cache_tag)->frames) {
    size += frame.size;
  }
  return size;
}

/// The payload with as much bytecode as fits into `limit` bytes, that for newer Pythons first.
std::string write_within(std::size_t limit, std::vector<PackedWheel>& wheels) {
  const PayloadSettings settings{.level = 19, .threads = base::useful_threads(kMostThreads)};
  const std::string whole = write_payload(wheels, settings);
  std::size_t size = whole.size();
  while (size > limit) {
    const std::optional<BytecodePlace> oldest = oldest_bytecode(wheels);
    if (!oldest) break;
    size -= size_in(whole, *oldest);
    std::vector<PackedBytecode>& bytecode = oldest->wheel->bytecode;
    const auto dropped = bytecode.begin() + static_cast<std::ptrdiff_t>(oldest->index);
    std::printf("no room for the bytecode of %s for %s\n", oldest->wheel->filename.c_str(),
                dropped->cache_tag.c_str());
    bytecode.erase(dropped);
  }
  return size == whole.size() ? whole : write_payload(wheels, settings);
}

void pack(const PackOptions& options) {
  std::vector<WheelInput> inputs = read_wheels(options);
  add_bytecode(options, inputs);
  std::vector<PackedWheel> wheels;
  wheels.reserve(inputs.size());
  for (WheelInput& input : inputs) wheels.push_back(std::move(input.wheel));
  const std::string payload = write_within(options.limit, wheels);
  prove_payload(payload, wheels);
  write_output(options.listing, list_payload(payload));
  write_output(options.output, payload);
  std::printf("%s: %zu bytes\n", options.output.c_str(), payload.size());
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
