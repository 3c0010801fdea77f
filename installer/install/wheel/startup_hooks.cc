#include "installer/install/wheel/startup_hooks.h"

#include <algorithm>
#include <array>
#include <set>

#include "installer/install/wheel/wheel_plan.h"

namespace ensure::install {

namespace {

/// `sys.stdlib_module_names` of CPython 3.8 to 3.14 together, without those that begin with "_";
/// sorted.
constexpr std::array<std::string_view, 224> kStandardModules = {
    "__future__",
    "abc",
    "aifc",
    "annotationlib",
    "argparse",
    "array",
    "ast",
    "asynchat",
    "asyncio",
    "asyncore",
    "atexit",
    "audioop",
    "base64",
    "bdb",
    "binascii",
    "binhex",
    "bisect",
    "builtins",
    "bz2",
    "cProfile",
    "calendar",
    "cgi",
    "cgitb",
    "chunk",
    "cmath",
    "cmd",
    "code",
    "codecs",
    "codeop",
    "collections",
    "colorsys",
    "compileall",
    "compression",
    "concurrent",
    "configparser",
    "contextlib",
    "contextvars",
    "copy",
    "copyreg",
    "crypt",
    "csv",
    "ctypes",
    "curses",
    "dataclasses",
    "datetime",
    "dbm",
    "decimal",
    "difflib",
    "dis",
    "distutils",
    "doctest",
    "dummy_threading",
    "email",
    "encodings",
    "ensurepip",
    "enum",
    "errno",
    "faulthandler",
    "fcntl",
    "filecmp",
    "fileinput",
    "fnmatch",
    "formatter",
    "fractions",
    "ftplib",
    "functools",
    "gc",
    "genericpath",
    "getopt",
    "getpass",
    "gettext",
    "glob",
    "graphlib",
    "grp",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "http",
    "idlelib",
    "imaplib",
    "imghdr",
    "imp",
    "importlib",
    "inspect",
    "io",
    "ipaddress",
    "itertools",
    "json",
    "keyword",
    "lib2to3",
    "linecache",
    "locale",
    "logging",
    "lzma",
    "macpath",
    "mailbox",
    "mailcap",
    "marshal",
    "math",
    "mimetypes",
    "mmap",
    "modulefinder",
    "msilib",
    "msvcrt",
    "multiprocessing",
    "netrc",
    "nis",
    "nntplib",
    "nt",
    "ntpath",
    "nturl2path",
    "numbers",
    "opcode",
    "operator",
    "optparse",
    "os",
    "ossaudiodev",
    "parser",
    "pathlib",
    "pdb",
    "pickle",
    "pickletools",
    "pipes",
    "pkgutil",
    "platform",
    "plistlib",
    "poplib",
    "posix",
    "posixpath",
    "pprint",
    "profile",
    "pstats",
    "pty",
    "pwd",
    "py_compile",
    "pyclbr",
    "pydoc",
    "pydoc_data",
    "pyexpat",
    "queue",
    "quopri",
    "random",
    "re",
    "readline",
    "reprlib",
    "resource",
    "rlcompleter",
    "runpy",
    "sched",
    "secrets",
    "select",
    "selectors",
    "shelve",
    "shlex",
    "shutil",
    "signal",
    "site",
    "smtpd",
    "smtplib",
    "sndhdr",
    "socket",
    "socketserver",
    "spwd",
    "sqlite3",
    "sre_compile",
    "sre_constants",
    "sre_parse",
    "ssl",
    "stat",
    "statistics",
    "string",
    "stringprep",
    "struct",
    "subprocess",
    "sunau",
    "symbol",
    "symtable",
    "sys",
    "sysconfig",
    "syslog",
    "tabnanny",
    "tarfile",
    "telnetlib",
    "tempfile",
    "termios",
    "textwrap",
    "threading",
    "time",
    "timeit",
    "tkinter",
    "token",
    "tokenize",
    "tomllib",
    "trace",
    "traceback",
    "tracemalloc",
    "tty",
    "turtle",
    "turtledemo",
    "types",
    "typing",
    "unicodedata",
    "unittest",
    "urllib",
    "uu",
    "uuid",
    "venv",
    "warnings",
    "wave",
    "weakref",
    "webbrowser",
    "winreg",
    "winsound",
    "wsgiref",
    "xdrlib",
    "xml",
    "xmlrpc",
    "zipapp",
    "zipfile",
    "zipimport",
    "zlib",
    "zoneinfo",
};

/// The top-level name by which a module is imported.
std::string_view module_of(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash != std::string_view::npos) return path.substr(0, slash);
  return path.substr(0, path.find('.'));
}

bool is_module_file(std::string_view path) {
  return path.ends_with(".py") || path.ends_with(".so") || path.ends_with(".pyd");
}

}  // namespace

bool is_standard_module(std::string_view name) {
  return std::ranges::binary_search(kStandardModules, name);
}

StartupHooks find_startup_hooks(const WheelPlan& plan) {
  StartupHooks hooks;
  std::set<std::string> startup;
  std::set<std::string> shadowed;
  for (const WheelPlan::File& file : plan.files()) {
    const auto& [key, path] = file.installed;
    const bool in_library = key == SchemeKey::kPurelib || key == SchemeKey::kPlatlib;
    if (!in_library || file.left_out) continue;
    if (path.ends_with(".pth") && path.find('/') == std::string::npos) {
      hooks.pth_files.push_back(path);
    }
    if (!is_module_file(path)) continue;
    const std::string_view module = module_of(path);
    if (module == "sitecustomize" || module == "usercustomize") startup.emplace(module);
    if (is_standard_module(module)) shadowed.emplace(module);
  }
  std::ranges::sort(hooks.pth_files);
  hooks.startup_modules.assign(startup.begin(), startup.end());
  hooks.shadowed_modules.assign(shadowed.begin(), shadowed.end());
  return hooks;
}

}  // namespace ensure::install
