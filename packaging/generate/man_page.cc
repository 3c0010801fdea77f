#include "packaging/generate/man_page.h"

#include <array>
#include <cstddef>

#include "bootstrap/option_table.h"
#include "installer/base/error.h"
#include "packaging/generate/described_option.h"

namespace ensure::generate {

namespace {

using base::ExitCode;

struct ExitMeaning {
  ExitCode code;
  std::string_view meaning;
};

constexpr std::array kExitMeanings{
    ExitMeaning{ExitCode::kSuccess, "the target is as asked"},
    ExitMeaning{ExitCode::kFailure, "anything not listed below"},
    ExitMeaning{ExitCode::kUsage, "a wrong option or an unreadable requirement"},
    ExitMeaning{ExitCode::kInterpreter, "there is no usable interpreter"},
    ExitMeaning{ExitCode::kNoSolution, "no set of versions satisfies all requirements"},
    ExitMeaning{ExitCode::kNetwork, "the network: no connection, or a server that fails"},
    ExitMeaning{ExitCode::kRefused, "a server refuses: 401 or 403"},
    ExitMeaning{ExitCode::kVerification, "a digest, a RECORD or an archive is not as it must be"},
    ExitMeaning{ExitCode::kFileSystem, "the file system: permission, space, a target not ours"},
    ExitMeaning{ExitCode::kLocked, "another process holds the target"},
    ExitMeaning{ExitCode::kInterrupted, "interrupted"},
    ExitMeaning{ExitCode::kTerminated, "terminated"},
};

/// Text as man(7) shows it literally: no line of it is taken for a request.
std::string literal(std::string_view text) {
  std::string result = replace_all(replace_all(text, "\\", "\\e"), "-", "\\-");
  if (result.starts_with('.') || result.starts_with('\'')) result.insert(0, "\\&");
  return result;
}

/// Prose, with what stands in backticks in bold.
std::string prose(std::string_view text) {
  std::string result;
  bool bold = false;
  for (const char letter : literal(text)) {
    if (letter != '`') {
      result += letter;
      continue;
    }
    bold = !bold;
    result += bold ? "\\fB" : "\\fR";
  }
  return result;
}

/// A paragraph with a tag, both of them already man(7) source.
std::string tagged(const std::string& tag, const std::string& text) {
  return ".TP\n" + tag + "\n" + text + "\n";
}

std::string synopsis() {
  std::string page = ".SH SYNOPSIS\n";
  bool first = true;
  for (const bootstrap::CommandInfo& command : bootstrap::command_table()) {
    if (!first) page += ".br\n";
    first = false;
    page += "\\fBensure\\fR " + literal(command.synopsis) + "\n";
  }
  return page;
}

std::string commands() {
  std::string page = ".SH COMMANDS\n";
  for (const bootstrap::CommandInfo& command : bootstrap::command_table()) {
    page += tagged("\\fBensure\\fR " + literal(command.synopsis), prose(command.help) + ".");
  }
  return page;
}

std::string options() {
  std::string page = ".SH OPTIONS\n";
  std::string_view group;
  for (const bootstrap::OptionInfo& option : bootstrap::option_table()) {
    if (option.group != group) {
      group = option.group;
      page += ".SS " + literal(group) + "\n";
    }
    std::string tag = "\\fB" + literal(option.names) + "\\fR";
    if (!option.argument.empty()) tag += " \\fI" + literal(option.argument) + "\\fR";
    page += tagged(tag, prose(option.help) + ".");
  }
  return page;
}

std::string exit_status() {
  std::string page = ".SH EXIT STATUS\n";
  for (const ExitMeaning& exit : kExitMeanings) {
    page += tagged("\\fB" + std::to_string(static_cast<int>(exit.code)) + "\\fR",
                   prose(exit.meaning) + ".");
  }
  return page + ".PP\nWhatever the status, a target is as it was before, or as was asked for.\n";
}

constexpr std::string_view kDescription = R"(.SH DESCRIPTION
\fBensure\fR makes a Python environment be there.
Without requirements nothing touches the network: the pip that is bundled in the executable is put
into the target.
An environment that already is what was asked for is left alone.
)";

constexpr std::string_view kClosing = R"(.SH ENVIRONMENT
Each option can be given by a variable: \fBENSURE_\fR and the option's long name in capitals, with
underscores for hyphens, such as \fBENSURE_LOCK_TIMEOUT\fR for \fB\-\-lock\-timeout\fR.
The command line is stronger.
An empty variable counts as not set, and \fBENSURE_PYTHON\fR chooses a Python and names no target.
.TP
\fBNO_COLOR\fR
Messages have no colour.
.TP
\fBSOURCE_DATE_EPOCH\fR
The time of every file that is written, in seconds since 1970, so that two runs make the same bytes.
.SH EXAMPLES
.TP
\fBensure \-\-venv env\fR
Make an environment with the first suitable Python of PATH.
.TP
\fBensure \-\-venv env \-\-python 3.12 \-\-clear\fR
Replace it by one for another Python.
.TP
\fBensure \-\-root /mnt/target \-\-default\-pip\fR
Put pip into the Python of a root file system that does not run here.
.SH SEE ALSO
\fBpython3\fR(1), \fBpip\fR(1)
)";

}  // namespace

std::string man_page(std::string_view version) {
  return ".TH ENSURE 1 \"\" \"ensure " + literal(version) +
         "\" \"User Commands\"\n.SH NAME\nensure \\- make a working Python environment be there\n" +
         synopsis() + std::string(kDescription) + commands() + options() + exit_status() +
         std::string(kClosing);
}

}  // namespace ensure::generate
