#include "installer/install/wheel/scripts.h"

#include <algorithm>
#include <cstddef>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/wheel/zip/zip_writer.h"

// Defined by embedded.S.in around the bytes of the launcher; empty on other processors.
// NOLINTBEGIN(readability-identifier-naming): symbols of the assembler
extern "C" {
extern const char ensure_launcher_begin[];
extern const char ensure_launcher_end[];
}
// NOLINTEND(readability-identifier-naming)

namespace ensure::install {

namespace {

using base::Error;
using base::ExitCode;

/// The longest first line that every kernel reads completely.
constexpr std::size_t kLongestShebang = 127;

/// A limit, because each entry point of a few bytes becomes a file of hundreds of bytes, or of the
/// size of a launcher.
constexpr std::size_t kMostCommands = 2'000;

/// Whether `name` is one file in the directory it is created in, on every system.
bool is_plain_file_name(std::string_view name) {
  const auto is_bad = [](char byte) {
    return byte == '/' || byte == '\\' || byte == ':' || (byte >= 0 && byte < ' ') || byte == 0x7F;
  };
  return !name.empty() && name != "." && name != ".." && std::ranges::none_of(name, is_bad);
}

/// Whether `text` can be written into a Python program as the name of a module or object.
bool is_dotted_name(std::string_view text) {
  const auto is_letter = [](char byte) {
    return byte < 0 || byte == '_' || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  };
  const auto is_name = [&](std::string_view part) {
    return !part.empty() && is_letter(part.front()) && std::ranges::all_of(part, [&](char byte) {
      return is_letter(byte) || (byte >= '0' && byte <= '9');
    });
  };
  return std::ranges::all_of(base::split(text, '.'), is_name);
}

constexpr const char* kReport = "the wheel is broken or hostile; report it to its author";

void check(const specs::EntryPoint& entry_point, const specs::Layout& layout) {
  const std::string shown = "the entry point `" + entry_point.name + "`";
  if (!is_plain_file_name(entry_point.name)) {
    throw Error(ExitCode::kVerification, shown + " is not a plain file name").with_hint(kReport);
  }
  if (specs::is_interpreter_name(entry_point.name, layout.windows)) {
    throw Error(ExitCode::kVerification, shown + " would replace the interpreter")
        .with_hint(kReport);
  }
  if (!is_dotted_name(entry_point.module) || !is_dotted_name(entry_point.attribute)) {
    throw Error(ExitCode::kVerification, shown + " names no object to call")
        .with_hint("commands need the form `module:object`; report it to the wheel's author");
  }
}

/// Whether `name` is pip's own command for some Python: `pip`, `pip3`, `pip3.12`.
bool is_pip_command(std::string_view name) {
  return name.starts_with("pip") &&
         name.find_first_not_of("0123456789.", 3) == std::string_view::npos;
}

/// Replaces pip's commands: a wheel for all Pythons can list those of one Python only.
void name_pip_commands(std::vector<specs::EntryPoint>& entry_points, const specs::Layout& layout,
                       PipCommands commands) {
  const auto found = std::ranges::find_if(entry_points, [](const specs::EntryPoint& entry_point) {
    return entry_point.group == "console_scripts" && entry_point.name == "pip";
  });
  if (found == entry_points.end()) return;
  specs::EntryPoint pip = *found;
  std::erase_if(entry_points, [](const specs::EntryPoint& entry_point) {
    return entry_point.group == "console_scripts" && is_pip_command(entry_point.name);
  });
  const auto add = [&](const std::string& version) {
    pip.name = "pip" + version;
    entry_points.push_back(pip);
  };
  const std::string major = std::to_string(layout.python_major);
  if (commands == PipCommands::kAll) add("");
  if (commands != PipCommands::kAltInstall) add(major);
  add(major + "." + std::to_string(layout.python_minor));
}

/// A path as one word for a shell that may also occur inside a Python string in three single
/// quotes: never three quotes in a row, and backslashes only in pairs.
std::string quoted_for_both(std::string_view path) {
  std::string word = "'";
  for (const char byte : path) {
    if (byte == '\'') {
      word += R"('"'"')";
    } else if (byte == '\\') {
      word += R"('"\\"')";
    } else {
      word += byte;
    }
  }
  return word + "'";
}

/// The shell runs the first of these lines; for Python both are one string.
std::string shell_shebang(const std::string& interpreter) {
  return "#!/bin/sh\n'''exec' " + interpreter + " \"$0\" \"$@\"\n' '''\n";
}

/// Whether the kernel accepts the whole path as the interpreter of a script, and Python sees an
/// ordinary comment (PEP 263 looks for an encoding in it).
bool fits_first_line(std::string_view executable) {
  return executable.size() + std::string_view("#!\n").size() <= kLongestShebang &&
         executable.find_first_of(" \t\n\r\f\v") == std::string_view::npos &&
         executable.find("coding:") == std::string_view::npos &&
         executable.find("coding=") == std::string_view::npos;
}

std::string windows_shebang(const specs::Layout& layout, bool gui) {
  std::string executable = layout.relocatable ? R"(<launcher_dir>\python.exe)" : layout.executable;
  const std::size_t name = executable.find_last_of("\\/") + 1;
  if (gui && executable.compare(name, 6, "python") == 0) executable.insert(name + 6, 1, 'w');
  const std::string quote = executable.find(' ') == std::string::npos ? "" : "\"";
  return "#!" + quote + executable + quote + "\r\n";
}

/// The launcher for scripts of the layout; empty if there is none. No line of text that the kernel
/// understands could name the Python beside a script.
std::string_view launcher_for(const specs::Layout& layout) {
  return layout.relocatable && !layout.windows ? relocatable_launcher() : std::string_view();
}

/// A program that starts the Python script appended to it, in the form of distlib's launchers: the
/// launcher, the line that names the interpreter, and a ZIP archive, which Python runs, with `main`
/// as `__main__.py`.
std::string launcher_script(std::string_view launcher, std::string_view first_lines,
                            std::string_view main) {
  return std::string(launcher).append(first_lines) + wheel::zip_of_one_file("__main__.py", main);
}

std::string wrapper(const specs::EntryPoint& entry_point) {
  const std::string object = entry_point.attribute.substr(0, entry_point.attribute.find('.'));
  return "import sys\n\nfrom " + entry_point.module + " import " + object +
         "\n\nif __name__ == \"__main__\":\n"
         "    if sys.argv[0].endswith(\".exe\"):\n"
         "        sys.argv[0] = sys.argv[0][:-4]\n"
         "    sys.exit(" +
         entry_point.attribute + "())\n";
}

}  // namespace

std::string_view relocatable_launcher() {
  // NOLINTNEXTLINE(clang-analyzer-security.PointerSub): both labels are of one array
  const std::ptrdiff_t size = ensure_launcher_end - ensure_launcher_begin;
  return {ensure_launcher_begin, static_cast<std::size_t>(size)};
}

std::vector<specs::EntryPoint> command_entry_points(std::string_view entry_points_txt,
                                                    const specs::Layout& layout,
                                                    PipCommands pip_commands) {
  std::vector<specs::EntryPoint> entry_points;
  const auto is_command_group = [](std::string_view group) {
    return group == "console_scripts" || group == "gui_scripts";
  };
  specs::each_entry_point(
      entry_points_txt, is_command_group, [&entry_points](specs::EntryPoint entry_point) {
        if (entry_points.size() == kMostCommands) {
          throw Error(ExitCode::kVerification,
                      "the wheel has more than " + std::to_string(kMostCommands) + " commands")
              .with_hint(kReport);
        }
        entry_points.push_back(std::move(entry_point));
      });
  name_pip_commands(entry_points, layout, pip_commands);
  for (const specs::EntryPoint& entry_point : entry_points) check(entry_point, layout);
  return entry_points;
}

std::string shebang(const specs::Layout& layout, bool gui) {
  if (layout.windows) return windows_shebang(layout, gui);
  // Python reads a script as UTF-8, its first lines included. For a path that is not UTF-8, and for
  // a script that may be moved, the shell finds the interpreter beside the script, links resolved.
  if (layout.relocatable || !base::is_utf8(layout.executable)) {
    const std::string name = layout.executable.substr(layout.executable.find_last_of("\\/") + 1);
    return shell_shebang("\"$(dirname -- \"$(realpath -- \"$0\")\")\"/" + quoted_for_both(name));
  }
  if (fits_first_line(layout.executable)) return "#!" + layout.executable + "\n";
  return shell_shebang(quoted_for_both(layout.executable));
}

Script make_script(const specs::EntryPoint& entry_point, const specs::Layout& layout,
                   const Launchers& launchers) {
  const bool gui = entry_point.group == "gui_scripts";
  const std::string main = wrapper(entry_point);
  if (const std::string_view own = launcher_for(layout); !own.empty()) {
    return {entry_point.name, launcher_script(own, "", main)};
  }
  const std::string_view launcher = gui ? launchers.gui : launchers.console;
  const std::string first_lines = shebang(layout, gui);
  if (launcher.empty()) return {entry_point.name, first_lines + main};
  return {entry_point.name + (layout.windows ? ".exe" : ""),
          launcher_script(launcher, first_lines, main)};
}

std::optional<std::string> with_interpreter(std::string_view content, const specs::Layout& layout) {
  constexpr std::string_view kPlaceholder = "#!python";
  if (!content.starts_with(kPlaceholder)) return std::nullopt;
  // For Python the placeholder is a comment; with it, the lines keep their numbers.
  if (const std::string_view own = launcher_for(layout); !own.empty()) {
    return launcher_script(own, "", content);
  }
  const bool gui = content.substr(kPlaceholder.size()).starts_with('w');
  const std::size_t end = content.find('\n');
  const std::string_view rest =
      end == std::string_view::npos ? std::string_view() : content.substr(end + 1);
  return shebang(layout, gui) + std::string(rest);
}

}  // namespace ensure::install
