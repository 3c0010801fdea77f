#include "packaging/generate/man_page.h"

#include <string>

#include "bootstrap/cli/option_table.h"
#include "packaging/generate/described_option.h"

namespace ensure::generate {

namespace {

/// Escapes `text` so that man(7) shows it literally and reads no line of it as a request.
std::string literal(std::string_view text) {
  std::string result = replace_all(replace_all(text, "\\", "\\e"), "-", "\\-");
  if (result.starts_with('.') || result.starts_with('\'')) result.insert(0, "\\&");
  return result;
}

/// Prose; text in backticks becomes bold.
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
  for (const bootstrap::ExitCodeInfo& exit : bootstrap::exit_code_table()) {
    page += tagged("\\fB" + std::to_string(static_cast<int>(exit.code)) + "\\fR",
                   prose(exit.meaning) + ".");
  }
  return page + ".PP\nWhatever the status, a target is as it was before, or as requested.\n";
}

constexpr std::string_view kDescription = R"(.SH DESCRIPTION
\fBensure\fR creates, repairs and fills Python environments.
A target must be named. Otherwise the exit status is 2, and the message has a line to type.
Without requirements it installs the pip that is bundled in the executable, and does not use the
network.
The exception is \fB\-\-upgrade\fR to another Python, which installs the requested packages again, from
the index or the cache.
If the target already is as requested, nothing is written.
An existing environment is changed in place. New files are staged in the directory \fI.ensure\fR inside
it.
If a run is killed while it moves files into an existing environment, interpreter, root, prefix or
target directory, old and new files are mixed there until the next run, which first finishes or undoes
the change.
)";

constexpr std::string_view kClosing = R"(.SH ENVIRONMENT
A variable can set each option: \fBENSURE_\fR and the option's long name in capitals, with
underscores for hyphens, such as \fBENSURE_LOCK_TIMEOUT\fR for \fB\-\-lock\-timeout\fR.
The command line is stronger.
An empty variable counts as not set, and \fBENSURE_PYTHON\fR chooses a Python and names no target.
.TP
\fBNO_COLOR\fR
Messages have no colour.
.TP
\fBSOURCE_DATE_EPOCH\fR
The time of every file that is written, in seconds since 1970, so that two runs write the same bytes.
.SH EXAMPLES
.TP
\fBensure \-\-venv env\fR
Create an environment with the first suitable Python on PATH.
.TP
\fBensure \-\-venv env \-\-python 3.12 \-\-clear\fR
Replace the environment by one for another Python.
.TP
\fBensure \-\-root /mnt/target \-\-default\-pip\fR
Install pip for the Python of another root file system, which need not run here.
.SH SEE ALSO
\fBpython3\fR(1), \fBpip\fR(1)
)";

}  // namespace

std::string man_page(std::string_view version) {
  return ".TH ENSURE 1 \"\" \"ensure " + literal(version) +
         "\" \"User Commands\"\n.SH NAME\nensure \\- create, repair and fill Python "
         "environments\n" +
         synopsis() + std::string(kDescription) + commands() + options() + exit_status() +
         std::string(kClosing);
}

}  // namespace ensure::generate
