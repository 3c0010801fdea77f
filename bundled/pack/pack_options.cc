#include "bundled/pack/pack_options.h"

#include <charconv>
#include <cstddef>
#include <map>
#include <string_view>

#include "installer/base/error.h"

namespace ensure::bundled {

namespace {

base::Error usage_error(const std::string& message) {
  return base::Error(base::ExitCode::kUsage, message)
      .with_hint(
          "ensure-pack --compiler FILE --work DIRECTORY --output FILE [--pins FILE] "
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
  const std::map<std::string_view, base::Path*> paths{{"--pins", &options.pins},
                                                      {"--compiler", &options.compiler},
                                                      {"--work", &options.work_directory},
                                                      {"--output", &options.output}};
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (!name.starts_with("--")) {
      options.wheels.emplace_back(name);
      continue;
    }
    if (++i == arguments.size()) throw usage_error("`" + name + "` needs a value");
    const std::string& value = arguments[i];
    const auto path = paths.find(name);
    if (path != paths.end()) {
      *path->second = value;
    } else if (name == "--python") {
      options.pythons.emplace_back(value);
    } else if (name == "--require-bytecode") {
      options.required_bytecode.emplace_back(value);
    } else if (name == "--limit") {
      options.limit = parse_size(value);
    } else {
      throw usage_error("`" + name + "` is no option");
    }
  }
  if (options.wheels.empty() || options.compiler.empty() || options.work_directory.empty() ||
      options.output.empty()) {
    throw usage_error("an option or the wheels are missing");
  }
  return options;
}

}  // namespace ensure::bundled
