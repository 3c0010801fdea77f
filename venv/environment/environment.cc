#include "venv/environment/environment.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "venv/activation/activation.h"
#include "venv/environment/environment_cfg.h"
#include "venv/environment/environment_executables.h"

namespace ensure::venv {

namespace {

using Kind = EnvironmentPart::Kind;
using Role = EnvironmentPart::Role;

/// Characters that end a line of pyvenv.cfg, or a path.
bool ends_line(std::string_view text) {
  return text.find_first_of(std::string_view("\n\r\0", 3)) != std::string_view::npos;
}

/// The folder of an environment for headers, below "include"; only the versions whose scheme
/// "venv" lists one have it. Later versions create "include" alone, as PEP 405 says.
std::optional<std::string> headers_folder(const Interpreter& interpreter) {
  if (interpreter.minor < 11 || interpreter.minor > 13) return std::nullopt;
  const std::string name = interpreter.implementation == "pypy" ? "pypy" : "python";
  return "include/" + name + std::to_string(interpreter.major) + "." +
         std::to_string(interpreter.minor) + interpreter.abiflags;
}

std::string site_packages_folder(const Interpreter& interpreter) {
  return "lib/" + interpreter.library_name + "/site-packages";
}

void add_folders(std::vector<EnvironmentPart>& parts, const Interpreter& interpreter) {
  const auto add = [&](std::string name) {
    parts.push_back({Kind::kFolder, Role::kLibrary, std::move(name), "", 0777});
  };
  add("include");
  if (const std::optional<std::string> headers = headers_folder(interpreter)) add(*headers);
  add("lib");
  add("lib/" + interpreter.library_name);
  add(site_packages_folder(interpreter));
  if (interpreter.is_64bit && interpreter.system != "darwin") {
    parts.push_back({Kind::kLink, Role::kLibrary, "lib64", "lib"});
  }
  add("bin");
}

void add_ignore_file(std::vector<EnvironmentPart>& parts, const Interpreter& interpreter,
                     const EnvironmentOptions& options) {
  if (interpreter.minor < 13 || !options.scm_ignore_files) return;
  parts.push_back({Kind::kText, Role::kIgnoreFile, ".gitignore",
                   "# Created by venv; see https://docs.python.org/3/library/venv.html\n*\n"});
}

void add_activation_scripts(std::vector<EnvironmentPart>& parts, const base::Path& final_path,
                            const Interpreter& interpreter, const EnvironmentOptions& options) {
  const Activation activation{.environment = final_path,
                              .prompt = resolve_prompt(options),
                              .site_packages = site_packages_folder(interpreter),
                              .relocatable = options.relocatable};
  for (ActivationScript& script : activation_scripts(activation)) {
    parts.push_back(
        {Kind::kText, Role::kActivation, "bin/" + script.name, std::move(script.content)});
  }
}

}  // namespace

void check_environment_path(const base::Path& final_path) {
  const std::string& path = final_path.text();
  if (path.find(':') != std::string::npos) {
    throw base::Error(base::ExitCode::kUsage, "an environment cannot be at `" + path +
                                                  "`: PATH separates its folders by `:`")
        .with_hint("choose a path without `:`");
  }
  if (ends_line(path)) {
    throw base::Error(base::ExitCode::kUsage,
                      "an environment cannot be at a path with a line break: `" + path + "`")
        .with_hint("choose a path of one line: pyvenv.cfg and activation scripts have to hold it");
  }
}

std::optional<std::string> resolve_prompt(const EnvironmentOptions& options) {
  if (!options.prompt) return std::nullopt;
  std::string text = *options.prompt;
  if (text == ".") text = base::absolute_path(".").filename().text();
  if (ends_line(text)) {
    throw base::Error(base::ExitCode::kUsage, "the prompt `" + text + "` has a line break")
        .with_hint("give `--prompt` a text of one line");
  }
  return text;
}

std::vector<EnvironmentPart> environment_parts(const base::Path& final_path,
                                               const Interpreter& interpreter,
                                               const EnvironmentOptions& options) {
  check_environment_path(final_path);
  std::vector<EnvironmentPart> parts;
  add_folders(parts, interpreter);
  add_ignore_file(parts, interpreter, options);
  parts.push_back({Kind::kText, Role::kConfiguration, "pyvenv.cfg",
                   environment_cfg(final_path, interpreter, options).to_string()});
  add_executables(parts, interpreter, options.copies);
  add_activation_scripts(parts, final_path, interpreter, options);
  return parts;
}

void create_part(const base::Directory& folder, const std::string& name,
                 const EnvironmentPart& part) {
  switch (part.kind) {
    case Kind::kFolder:
      (void)folder.create_directory(name);
      break;
    case Kind::kText:
      folder.write_file(name, part.content, part.mode);
      break;
    case Kind::kLink:
      folder.create_link(name, part.content);
      break;
    case Kind::kCopy:
      folder.copy_file(name, part.content, part.mode);
      break;
  }
}

void lay_out_environment(const base::Directory& folder, const std::vector<EnvironmentPart>& parts) {
  for (const EnvironmentPart& part : parts) create_part(folder, part.name, part);
}

void lay_out_environment(const base::Directory& folder, const base::Path& final_path,
                         const Interpreter& interpreter, const EnvironmentOptions& options) {
  lay_out_environment(folder, environment_parts(final_path, interpreter, options));
}

specs::Layout environment_layout(const base::Path& final_path, const Interpreter& interpreter,
                                 bool relocatable) {
  const std::string version =
      std::to_string(interpreter.major) + "." + std::to_string(interpreter.minor);
  specs::Layout layout;
  layout.scheme.purelib = final_path / site_packages_folder(interpreter);
  layout.scheme.platlib =
      final_path / interpreter.platlibdir / interpreter.library_name / "site-packages";
  layout.scheme.scripts = final_path / "bin";
  layout.scheme.data = final_path;
  // pip's folder: `sysconfig` names the base interpreter's own, which is not the environment's.
  layout.scheme.headers = final_path / "include" / "site" / ("python" + version);
  layout.executable = (final_path / "bin" / interpreter.executable.filename()).text();
  layout.implementation = interpreter.implementation;
  layout.python_major = interpreter.major;
  layout.python_minor = interpreter.minor;
  layout.cache_tag = interpreter.cache_tag;
  layout.relocatable = relocatable;
  return layout;
}

}  // namespace ensure::venv
