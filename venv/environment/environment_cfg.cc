#include "venv/environment/environment_cfg.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "venv/interpreter/python_literal.h"

namespace ensure::venv {

namespace {

/// The folder of the interpreter, in which Python itself looks for its library.
std::string home(const Interpreter& interpreter) {
  const std::string folder = interpreter.executable.parent_path().text();
  const bool one_line = folder.find_first_of("\n\r") == std::string::npos;
  if (one_line && base::is_utf8(folder)) return folder;
  throw base::Error(base::ExitCode::kInterpreter, "the folder of the interpreter `" +
                                                      interpreter.executable.text() +
                                                      "` cannot be written into pyvenv.cfg")
      .with_hint("use an interpreter whose path is one line of UTF-8: no other Python can read it");
}

/// The command line that makes the environment, as `venv` tells it from 3.11 on: its own options,
/// in its own order.
std::string command(const base::Path& final_path, const Interpreter& interpreter,
                    const EnvironmentOptions& options) {
  std::vector<std::string> words = {interpreter.executable.text(), "-m", "venv"};
  if (options.copies) words.emplace_back("--copies");
  if (!options.with_pip) words.emplace_back("--without-pip");
  if (options.system_site_packages) words.emplace_back("--system-site-packages");
  if (options.clear) words.emplace_back("--clear");
  if (options.upgrade) words.emplace_back("--upgrade");
  if (options.upgrade_deps) words.emplace_back("--upgrade-deps");
  if (options.prompt) words.push_back("--prompt=\"" + *options.prompt + "\"");
  if (interpreter.minor >= 13 && !options.scm_ignore_files) {
    words.emplace_back("--without-scm-ignore-files");
  }
  words.push_back(final_path.text());
  return escape_undecodable(base::join(words, " "));
}

/// Throws if the file would have 32 kB or more: CPython 3.11 and newer would not start then
/// (`getpath_readlines` in Modules/getpath.c), and such a Python may take the environment over
/// later.
void check_size(const PyvenvCfg& configuration, const EnvironmentOptions& options) {
  constexpr std::size_t kMost = (std::size_t{32} << 10U) - 1;
  const std::size_t size = configuration.to_string().size();
  if (size <= kMost) return;
  // Only the prompt can be that long: the paths have at most 4 kB each.
  const std::size_t prompt = options.prompt ? options.prompt->size() : 0;
  throw base::Error(base::ExitCode::kUsage, "the prompt of " + std::to_string(prompt) +
                                                " bytes is too long: no Python reads a "
                                                "`pyvenv.cfg` of " +
                                                std::to_string(size) + " bytes")
      .with_hint("give `--prompt` a shorter text");
}

}  // namespace

PyvenvCfg environment_cfg(const base::Path& final_path, const Interpreter& interpreter,
                          const EnvironmentOptions& options) {
  PyvenvCfg result;
  result.append("home", home(interpreter));
  result.append("include-system-site-packages", options.system_site_packages ? "true" : "false");
  result.append("version", interpreter.version);
  if (const std::optional<std::string> prompt = resolve_prompt(options)) {
    result.append("prompt", python_repr(*prompt));
  }
  if (interpreter.minor >= 11 && !options.relocatable) {
    result.append("executable", escape_undecodable(interpreter.real_executable.text()));
    result.append("command", command(final_path, interpreter, options));
  }
  check_size(result, options);
  return result;
}

}  // namespace ensure::venv
