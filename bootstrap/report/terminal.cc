#include "bootstrap/report/terminal.h"

#include <cstdlib>

#include "installer/base/error.h"
#include "installer/base/printable.h"
#include "installer/base/process.h"
#include "installer/base/secrets.h"

namespace ensure::bootstrap {

using base::OutputStream;

bool can_redraw() {
  const char* terminal = std::getenv("TERM");
  const bool dumb =
      terminal == nullptr || *terminal == '\0' || std::string_view(terminal) == "dumb";
  return !dumb && base::is_terminal(OutputStream::kError);
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

std::string visible(std::string_view text) { return base::printable(base::without_secrets(text)); }

std::string visible_in_short(std::string_view text) {
  constexpr std::size_t kMost = 800;
  return base::printable(base::shortened(base::without_secrets(text), kMost));
}

void print_data(std::string_view text) { base::write_stream(OutputStream::kOutput, text); }

void print_data_line(std::string_view line) {
  print_data(
      (base::is_terminal(OutputStream::kOutput) ? base::printable(line) : std::string(line)) +
      "\n");
}

void print_json_text(std::string_view json) { print_data(base::printable_json(json) + "\n"); }

void print_message(std::string_view text) {
  try {
    base::write_stream(OutputStream::kError, text);
  } catch (const base::FileError&) {  // NOLINT(bugprone-empty-catch): best effort
    // Nothing else can be done.
  }
}

}  // namespace ensure::bootstrap
