#include "bootstrap/build/failure.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "installer/base/text.h"

namespace ensure::build {

namespace {

constexpr std::size_t kMostLines = 20;

/// pip shows what a backend has said between these.
constexpr std::string_view kBegin = "lines of output]";
constexpr std::string_view kEnd = "[end of output]";

std::size_t indentation_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

/// The lines that pip quotes; all lines where it quotes none.
std::vector<std::string_view> quoted_lines(std::string_view output) {
  std::vector<std::string_view> lines = base::split_lines(output);
  const auto is_end = [](std::string_view line) { return base::trim(line) == kEnd; };
  const auto end = std::ranges::find_if(lines, is_end);
  if (end == lines.end()) return lines;
  const auto begin = std::find_if(
      std::make_reverse_iterator(end), lines.rend(),
      [](std::string_view line) { return line.find(kBegin) != std::string_view::npos; });
  const std::size_t indentation = indentation_of(*end);
  std::vector<std::string_view> quoted(begin.base(), end);
  for (std::string_view& line : quoted) {
    line.remove_prefix(std::min(indentation, indentation_of(line)));
  }
  return quoted;
}

std::vector<std::string_view> last_lines(const base::ProcessResult& result) {
  const bool is_silent = base::trim(result.error_output).empty();
  std::vector<std::string_view> lines =
      quoted_lines(is_silent ? result.output : result.error_output);
  std::erase_if(lines, [](std::string_view line) { return base::trim(line).empty(); });
  if (lines.size() > kMostLines) lines.erase(lines.begin(), lines.end() - kMostLines);
  return lines;
}

}  // namespace

base::Error build_failure(const std::string& project, const base::ProcessResult& result) {
  std::string message = "building `" + project + "` failed";
  if (result.signal != 0) message += ": signal " + std::to_string(result.signal) + " ended it";
  base::Error error(base::ExitCode::kFailure, std::move(message));
  for (const std::string_view line : last_lines(result)) error.add_context(std::string(line));
  error.add_hint(
      "the lines above are the build's own: install what it misses, such as a compiler or headers, "
      "or require a version that has a wheel");
  return error;
}

}  // namespace ensure::build
