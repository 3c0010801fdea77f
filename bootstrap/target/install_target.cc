#include "bootstrap/target/install_target.h"

#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "venv/discovery/discovery.h"
#include "venv/environment/environment.h"
#include "venv/interpreter/target_python.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;
venv::PythonRequest python_request(const Request& request) {
  return request.python ? venv::PythonRequest::parse(*request.python) : venv::PythonRequest();
}

base::Path prefix_of(const Request& request) {
  return request.prefix ? base::absolute_path(*request.prefix) : base::Path("/");
}

/// A Windows path without its drive: in a root, "C:/Python312" is "/Python312".
base::TargetPath without_drive(const base::TargetPath& path) {
  const std::string& text = path.text();
  return text.size() > 2 && text[1] == ':' ? base::TargetPath(text.substr(2)) : path;
}

/// Whether the root has any Python. A root without one is filled from outside.
bool has_python(const venv::TargetRoot& root) {
  try {
    (void)venv::find_in_root(root, venv::PythonRequest());
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// The Python in the root if it fits `--python-version` and `--python-platform`.
std::optional<venv::RootInterpreter> find_described(
    const Request& request, const venv::TargetRoot& root,
    const std::optional<venv::TargetPlatform>& platform) {
  venv::PythonRequest wanted = !request.python && request.python_version
                                   ? venv::PythonRequest::parse(*request.python_version)
                                   : python_request(request);
  wanted.micro.reset();
  try {
    venv::RootInterpreter found = venv::find_in_root(root, wanted, prefix_of(request));
    if (platform && platform->system != found.interpreter.system) return std::nullopt;
    return found;
  } catch (const Error& error) {
    if (error.exit_code() != ExitCode::kInterpreter) throw;
    return std::nullopt;
  }
}

/// The Python to start a description from if no root has it. With `--python-version` this machine
/// is not searched.
venv::Interpreter known_interpreter(const Request& request) {
  const venv::PythonRequest wanted = python_request(request);
  if (!request.python_version) {
    return venv::find_interpreter(wanted, venv::Surroundings::of_this_process()).interpreter;
  }
  venv::Interpreter interpreter;
  interpreter.implementation = wanted.implementation.value_or("cpython");
  return interpreter;
}

specs::Scheme choose_scheme(const Request& request, const venv::Interpreter& interpreter,
                            const venv::InstallSchemes& schemes) {
  if (request.target) {
    return venv::target_scheme(interpreter, base::absolute_path(*request.target));
  }
  if (request.prefix) return schemes.prefix;
  if (!request.user) return schemes.standard;
  if (schemes.user.purelib.is_absolute()) return schemes.user;
  throw Error(ExitCode::kFileSystem,
              "the user's own directory `" + schemes.user.purelib.text() + "` is a relative path")
      .with_hint("set the variable HOME, or PYTHONUSERBASE if you use it, to an absolute path");
}

}  // namespace

InstallTarget InstallTarget::find_here(const Request& request) {
  venv::FoundInterpreter found =
      venv::find_interpreter(python_request(request), venv::Surroundings::of_this_process());
  venv::InstallSchemes schemes = venv::ask_install_schemes(found.interpreter, prefix_of(request));
  InstallTarget target(std::move(found.interpreter), std::move(schemes));
  target.environment_ = std::move(found.environment);
  return target;
}

InstallTarget InstallTarget::find_in_root(const Request& request, const venv::TargetRoot& root) {
  try {
    venv::RootInterpreter found =
        venv::find_in_root(root, python_request(request), prefix_of(request));
    return {std::move(found.interpreter), std::move(found.schemes)};
  } catch (const Error& error) {
    if (error.exit_code() != ExitCode::kInterpreter || has_python(root)) throw;
  }
  // The Python of this machine counts only if it is named: the path of the root may be misspelt.
  if (!request.python) {
    throw Error(ExitCode::kInterpreter, "the root `" + root.directory().text() + "` has no Python")
        .with_hint(
            "check the path, or describe the Python that it will get with "
            "`--python-version X.Y`")
        .with_hint(
            "to install for the Python of this machine, as with DESTDIR, name it with "
            "`--python SPEC`");
  }
  // The marker that counts is that of the root, not that of this machine.
  InstallTarget here = find_here(request);
  const std::optional<base::TargetPath> library = root.resolve(here.schemes_.standard_library);
  here.schemes_.externally_managed =
      library ? venv::read_externally_managed(root.on_this_system(*library)) : std::nullopt;
  return here;
}

/// A target described by `--python-version` and `--python-platform`, which override the root.
InstallTarget InstallTarget::describe(const Request& request,
                                      const std::optional<venv::TargetRoot>& root) {
  std::optional<venv::TargetPlatform> platform;
  if (request.python_platform) platform = venv::TargetPlatform::parse(*request.python_platform);
  std::optional<venv::RootInterpreter> found;
  if (root) found = find_described(request, *root, platform);
  venv::Interpreter interpreter = venv::describe_target(
      found ? found->interpreter : known_interpreter(request), request.python_version, platform);
  if (found && found->interpreter.library_name == interpreter.library_name) {
    return {std::move(interpreter), std::move(found->schemes)};
  }
  venv::InstallSchemes schemes = venv::describe_install_schemes(
      interpreter, found ? found->flavour : venv::SchemeFlavour::kUpstream, prefix_of(request));
  return {std::move(interpreter), std::move(schemes)};
}

InstallTarget InstallTarget::find(const Request& request) {
  std::optional<venv::TargetRoot> root;
  if (request.root) root.emplace(base::absolute_path(*request.root));
  InstallTarget target = request.python_version || request.python_platform ? describe(request, root)
                         : root ? find_in_root(request, *root)
                                : find_here(request);
  target.scheme_ = choose_scheme(request, target.interpreter_, target.schemes_);
  target.root_ = std::move(root);
  return target;
}

specs::Layout InstallTarget::layout() const {
  specs::Layout layout;
  layout.scheme = scheme_;
  // With `--target` or `--prefix` and the Python of an environment, that Python runs the scripts:
  // it sees the packages of the environment.
  layout.executable = environment_ && !root_
                          ? venv::environment_layout(*environment_, interpreter_, false).executable
                          : interpreter_.executable.text();
  layout.implementation = interpreter_.implementation;
  layout.python_major = interpreter_.major;
  layout.python_minor = interpreter_.minor;
  layout.cache_tag = interpreter_.cache_tag;
  layout.windows = interpreter_.windows();
  return layout;
}

base::Path InstallTarget::on_this_machine(const base::TargetPath& target_path) const {
  const base::TargetPath path = interpreter_.windows() ? without_drive(target_path) : target_path;
  if (!root_) return path.without_root();
  base::Path missing;
  for (base::TargetPath known = path; known != known.parent_path(); known = known.parent_path()) {
    if (const std::optional<base::TargetPath> resolved = root_->resolve(known)) {
      const base::Path there = root_->on_this_system(*resolved);
      return missing.empty() ? there : there / missing;
    }
    const std::optional<base::TargetPath> itself = root_->resolve_directory_of(known);
    if (itself && base::link_status(root_->on_this_system(*itself))) {
      throw Error(ExitCode::kFileSystem, "`" + known.text() + "` in the root `" +
                                             root_->directory().text() +
                                             "` is a link that leads nowhere")
          .with_hint("create what it should lead to inside the root, or remove it");
    }
    missing = missing.empty() ? known.filename() : known.filename() / missing;
  }
  return root_->directory() / missing;
}

void InstallTarget::refuse_externally_managed() const {
  const std::optional<venv::ExternallyManaged>& managed = schemes_.externally_managed;
  if (!managed) return;
  Error error(ExitCode::kFileSystem, "`" + interpreter_.executable.text() +
                                         "` is managed by its distribution (`" +
                                         managed->marker.text() + "`)");
  if (!managed->message.empty()) error.add_context(managed->message);
  throw std::move(error).with_hint(
      root_ ? "install into a directory of its own with `--prefix DIR`, or accept the risk with "
              "`--break-system-packages`"
            : "create an environment with `ensure --venv ENV`, or accept the risk with "
              "`--break-system-packages`");
}

}  // namespace ensure::bootstrap
