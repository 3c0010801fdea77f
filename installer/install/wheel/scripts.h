#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/metadata/entry_points.h"
#include "installer/specs/metadata/layout.h"

/// The commands of a wheel: wrappers for its entry points, and scripts whose first line does not
/// name the interpreter yet.
namespace ensure::install {

/// The commands of pip to create. Its wheel lists those of the Python that built it, so installers
/// choose the names themselves (ensurepip's three sets).
enum class PipCommands {
  kAll,         ///< pip, pip3, pip3.X
  kInstall,     ///< pip3, pip3.X
  kAltInstall,  ///< pip3.X
};

/// Programs that start the script appended to them, such as those of distlib for Windows. Empty if
/// there is none.
struct Launchers {
  std::string_view console;
  std::string_view gui;
};

/// The file of a command.
struct Script {
  std::string name;  ///< with ".exe" on Windows
  std::string content;
};

/// The entry points that become commands: those of the groups `console_scripts` and `gui_scripts`,
/// with pip's own named after the Python of `layout`. Throws `Error` (`kVerification`) if a name is
/// not a plain file name, or an entry point names no object.
[[nodiscard]] std::vector<specs::EntryPoint> command_entry_points(std::string_view entry_points_txt,
                                                                  const specs::Layout& layout,
                                                                  PipCommands pip_commands);

/// The program that starts the Python beside it with itself as the script (launcher/launcher.c);
/// empty if it is not written for this processor.
[[nodiscard]] std::string_view relocatable_launcher();

/// The wrapper that calls an entry point. In a relocatable layout it is a program that starts the
/// `python` beside it (launcher/launcher.c), or a script for `/bin/sh` on other processors.
[[nodiscard]] Script make_script(const specs::EntryPoint& entry_point, const specs::Layout& layout,
                                 const Launchers& launchers);

/// The first line or lines that start the interpreter of `layout`. Python reads them as a comment
/// or a string.
[[nodiscard]] std::string shebang(const specs::Layout& layout, bool gui);

/// The script `content` with its first line `#!python` or `#!pythonw` replaced, or as a program
/// like a wrapper; nullopt if it has no such line.
[[nodiscard]] std::optional<std::string> with_interpreter(std::string_view content,
                                                          const specs::Layout& layout);

}  // namespace ensure::install
