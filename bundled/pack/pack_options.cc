#include "bundled/pack/pack_options.h"

#include <charconv>
#include <cstddef>
#include <string_view>

#include "installer/base/error.h"

namespace ensure::bundled {

namespace {

base::Error usage_error(const std::string& message) {
  return base::Error(base::ExitCode::kUsage, message)
      .with_hint(
          "ensure-pack --compiler FILE --work DIRECTORY --output FILE --listing FILE [--pins FILE] "
          "[--limit BYTES] [--python PATH]... [--require-bytecode VERSION]... WHEEL...");
}

std::size_t parse_size(std::string_view text) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw usage_error("`" + std::string(text) + "` is no number of bytes");
  }
  return size;
}

}  // namespace

PackOptions PackOptions::parse(const std::vector<std::string>& arguments) {
  PackOptions options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (!name.starts_with("--")) {
      options.wheels.emplace_back(name);
      continue;
    }
    if (++i == arguments.size()) throw usage_error("`" + name + "` needs a value");
    const std::string& value = arguments[i];
    if (name == "--python") {
      options.pythons.emplace_back(value);
    } else if (name == "--require-bytecode") {
      options.required_bytecode.emplace_back(value);
    } else if (name == "--pins") {
      options.pins = value;
    } else if (name == "--compiler") {
      options.compiler = value;
    } else if (name == "--work") {
      options.work_directory = value;
    } else if (name == "--output") {
      options.output = value;
    } else if (name == "--listing") {
      options.listing = value;
    } else if (name == "--limit") {
      options.limit = parse_size(value);
    } else {
      throw usage_error("`" + name + "` is no option");
    }
  }
  if (options.wheels.empty() || options.compiler.empty() || options.work_directory.empty() ||
      options.output.empty() || options.listing.empty()) {
    throw usage_error("an option or the wheels are missing");
  }
  return options;
}

}  // namespace ensure::bundled
