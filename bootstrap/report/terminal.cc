#include "bootstrap/report/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/printable.h"
#include "installer/base/secrets.h"

namespace ensure::bootstrap {

bool can_redraw() {
  const char* terminal = std::getenv("TERM");
  const bool dumb =
      terminal == nullptr || *terminal == '\0' || std::string_view(terminal) == "dumb";
  return !dumb && isatty(STDERR_FILENO) == 1;
}

TerminalSize terminal_size() {
  winsize size{};
  const bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
  return {.columns = is_known && size.ws_col > 0 ? size.ws_col : std::size_t{80},
          .rows = is_known && size.ws_row > 0 ? size.ws_row : std::size_t{24}};
}

bool use_color(Color wanted) {
  if (wanted != Color::kAuto) return wanted == Color::kAlways;
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && can_redraw();
}

std::string styled(std::string_view text, std::string_view style, bool color) {
  if (!color) return std::string(text);
  return "\033[" + std::string(style) + "m" + std::string(text) + "\033[0m";
}

std::string without_passwords(std::string_view text) { return base::without_secrets(text); }

std::string visible(std::string_view text) { return base::printable(without_passwords(text)); }

std::string visible_in_short(std::string_view text) {
  constexpr std::size_t kMost = 800;
  return base::printable(base::shortened(without_passwords(text), kMost));
}

void print_data(std::string_view text) { base::write_all(STDOUT_FILENO, text, "standard output"); }

void print_data_line(std::string_view line) {
  print_data((isatty(STDOUT_FILENO) == 1 ? base::printable(line) : std::string(line)) + "\n");
}

void print_json_text(std::string_view json) { print_data(base::printable_json(json) + "\n"); }

void print_message(std::string_view text) {
  try {
    base::write_all(STDERR_FILENO, text, "standard error");
  } catch (const base::FileError&) {  // NOLINT(bugprone-empty-catch): best effort
    // Nothing else can be done.
  }
}

}  // namespace ensure::bootstrap
