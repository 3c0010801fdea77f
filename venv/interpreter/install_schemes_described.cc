#include "installer/base/text.h"
#include "venv/interpreter/install_schemes.h"

namespace ensure::venv {

namespace {

/// The scheme `posix_prefix` with `prefix` as its base.
specs::Scheme posix_scheme(const Interpreter& interpreter, const base::Path& prefix) {
  const std::string& library = interpreter.library_name;
  return {.purelib = prefix / "lib" / library / "site-packages",
          .platlib = prefix / interpreter.platlibdir / library / "site-packages",
          .scripts = prefix / "bin",
          .data = prefix,
          .headers = prefix / "include" / library};
}

/// A path of Windows with "/", which is understood there as well, and alone by `base::Path` here.
base::Path with_slashes(const base::Path& path) {
  return base::replace_all(path.text(), "\\", "/");
}

/// The scheme `nt`.
specs::Scheme windows_scheme(const base::Path& any_prefix) {
  const base::Path prefix = with_slashes(any_prefix);
  return {.purelib = prefix / "Lib/site-packages",
          .platlib = prefix / "Lib/site-packages",
          .scripts = prefix / "Scripts",
          .data = prefix,
          .headers = prefix / "Include"};
}

specs::Scheme windows_user_scheme(const Interpreter& interpreter, const base::Path& user_base) {
  const base::Path base = with_slashes(user_base);
  const base::Path versioned = base / ("Python3" + std::to_string(interpreter.minor));
  return {.purelib = versioned / "site-packages",
          .platlib = versioned / "site-packages",
          .scripts = versioned / "Scripts",
          .data = base,
          .headers = versioned / "Include"};
}

/// Debian's `posix_local` and `deb_system`.
specs::Scheme debian_scheme(const Interpreter& interpreter, bool deb_layout) {
  const base::Path& base = interpreter.base_prefix;
  specs::Scheme scheme = posix_scheme(interpreter, base);
  const base::Path local = deb_layout ? base : base / "local";
  const std::string version = deb_layout ? "python3" : interpreter.library_name;
  scheme.purelib = local / "lib" / version / "dist-packages";
  scheme.platlib = scheme.purelib;
  scheme.scripts = local / "bin";
  scheme.data = local;
  return scheme;
}

/// Where Debian's Python looks for packages; PyPy shares the folder of those written in Python.
std::vector<base::Path> debian_site_folders(const Interpreter& interpreter) {
  const base::Path& base = interpreter.base_prefix;
  std::vector<base::Path> folders{base / "local/lib" / interpreter.library_name / "dist-packages",
                                  base / "lib/python3/dist-packages"};
  if (interpreter.implementation == "cpython") {
    folders.push_back(base / "lib" / interpreter.library_name / "dist-packages");
  }
  return folders;
}

/// The folders of a scheme in the order in which `site` has them.
std::vector<base::Path> site_folders_of(const specs::Scheme& scheme) {
  if (scheme.platlib == scheme.purelib) return {scheme.purelib};
  return {scheme.platlib, scheme.purelib};
}

}  // namespace

InstallSchemes describe_install_schemes(const Interpreter& interpreter, SchemeFlavour flavour,
                                        const base::Path& prefix, const base::Path& user_base,
                                        bool deb_layout) {
  InstallSchemes result;
  result.standard_library = interpreter.standard_library();
  if (interpreter.windows()) {
    result.standard = windows_scheme(interpreter.base_prefix);
    result.user = windows_user_scheme(interpreter, user_base);
    result.prefix = windows_scheme(prefix);
    result.site_folders = {result.standard.purelib};
    return result;
  }
  result.standard = posix_scheme(interpreter, interpreter.base_prefix);
  result.user = posix_scheme(interpreter, user_base);
  result.user.platlib = result.user.purelib;  // the user scheme knows no lib64
  result.prefix = posix_scheme(interpreter, prefix);
  if (flavour == SchemeFlavour::kDebian) {
    result.standard = debian_scheme(interpreter, deb_layout);
    if (deb_layout) {
      result.prefix.purelib = prefix / "lib/python3/dist-packages";
      result.prefix.platlib = result.prefix.purelib;
    }
    result.site_folders = debian_site_folders(interpreter);
    return result;
  }
  result.site_folders = site_folders_of(result.standard);
  if (flavour == SchemeFlavour::kFedora) {
    const base::Path headers = result.standard.headers;
    result.standard = posix_scheme(interpreter, interpreter.base_prefix / "local");
    result.standard.headers = headers;
    const std::vector<base::Path> local = site_folders_of(result.standard);
    result.site_folders.insert(result.site_folders.begin(), local.begin(), local.end());
  }
  return result;
}

}  // namespace ensure::venv
