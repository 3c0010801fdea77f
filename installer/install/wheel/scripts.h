#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/metadata/entry_points.h"
#include "installer/specs/metadata/layout.h"

/// The commands of a wheel: wrappers for its entry points, and scripts that name no interpreter.
namespace ensure::install {

/// Which of pip's own commands are made: its wheel lists those of the Python it was built with, so
/// installers name them anew (ensurepip's three sets).
enum class PipCommands {
  kAll,         ///< pip, pip3, pip3.X
  kInstall,     ///< pip3, pip3.X
  kAltInstall,  ///< pip3.X
};

/// Programs that start the script appended to them, such as those of distlib for Windows. An empty
/// one is not there.
struct Launchers {
  std::string_view console;
  std::string_view gui;
};

/// A command that is to be made.
struct Script {
  std::string name;  ///< of the file, with ".exe" on Windows
  std::string content;
};

/// The entry points that become commands: those of the groups `console_scripts` and `gui_scripts`,
/// with pip's own named after the Python of `layout`. Throws `Error` (`kVerification`) where a name
/// is no plain file name, or an entry point names no object.
[[nodiscard]] std::vector<specs::EntryPoint> command_entry_points(std::string_view entry_points_txt,
                                                                  const specs::Layout& layout,
                                                                  PipCommands pip_commands);

/// The wrapper that calls an entry point. That of a relocatable layout is a program which starts
/// the `python` beside it (launcher/launcher.c); where none is built for this processor, `/bin/sh`
/// does.
[[nodiscard]] Script make_script(const specs::EntryPoint& entry_point, const specs::Layout& layout,
                                 const Launchers& launchers);

/// The first line or lines that start the interpreter of `layout`; all of it is read by Python as a
/// comment or a string as well.
[[nodiscard]] std::string shebang(const specs::Layout& layout, bool gui);

/// `content` with a first line `#!python` or `#!pythonw` replaced, or made a program as a wrapper
/// is; none where it has no such line.
[[nodiscard]] std::optional<std::string> with_interpreter(std::string_view content,
                                                          const specs::Layout& layout);

}  // namespace ensure::install
