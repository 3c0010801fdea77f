#include "bootstrap/target/seeding.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/parallel.h"
#include "installer/install/installed/uninstall.h"

namespace ensure::bootstrap {

namespace {}  // namespace

Seed seed_for(const venv::Interpreter& interpreter, const Request& request,
              const bundled::Bundle& bundle) {
  const std::string cache_tag = request.bytecode ? interpreter.cache_tag : "";
  return choose_seed(bundle, request.wheel_dirs, specs::Version::parse(interpreter.version),
                     cache_tag);
}

void install_seed(const Seed& seed, const specs::Layout& layout,
                  const install::WheelDestination& destination, install::PipCommands commands,
                  const install::Launchers& launchers, base::Progress& progress) {
  const base::Step step(progress, "unpack pip " + seed.source().version().to_string());
  install::InstallOptions options;
  options.launchers = launchers;
  options.requested = true;
  options.pip_commands = commands;
  // Archives list files in the order in which they were made, and ought to be equal then.
  options.threads = source_date_epoch() ? 1 : base::useful_writers();
  install::install_wheel(seed.source(), layout, destination, options);
}

void remove_pip(install::Transaction& transaction, const install::Distribution& pip,
                const std::vector<base::Path>& allowed) {
  if (base::file_status(pip.dist_info / "RECORD")) {
    install::remove_distribution(transaction, pip, allowed);
    return;
  }
  // Nothing tells what belongs to it any more, but the folder of the package is certain.
  transaction.remove(pip.dist_info);
  if (base::link_status(pip.folder / "pip")) transaction.remove(pip.folder / "pip");
}

std::vector<std::string> library_warnings(const venv::Interpreter& interpreter,
                                          const base::Path& standard_library) {
  if (!base::file_status(standard_library / "os.py") ||
      base::file_status(standard_library / "json"))
    return {};
  return {"`" + interpreter.executable.text() +
          "` lacks modules of the standard library, such as `json`: pip will not run before they "
          "are installed (on Debian, by the package `python3`)"};
}

PackageReport report_of(const Seed& seed) {
  return {seed.source().name().normalized(), seed.source().version().to_string(), seed.origin(),
          seed.sha256()};
}

PackageReport report_of(const install::Distribution& distribution) {
  return {distribution.name.normalized(), distribution.version.to_string(), "", ""};
}

InterpreterReport report_of(const venv::Interpreter& interpreter) {
  return {interpreter.executable.text(), interpreter.version_text, interpreter.implementation,
          interpreter.platform};
}

std::optional<std::int64_t> source_date_epoch() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr) return std::nullopt;
  const std::string_view digits = text;
  std::int64_t seconds = 0;
  const auto [stop, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (failure != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
  return seconds;
}

}  // namespace ensure::bootstrap
