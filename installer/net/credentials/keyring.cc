#include "installer/net/credentials/keyring.h"

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"

namespace ensure::net {

namespace {

using Clock = std::chrono::steady_clock;

/// What the command prints; none where it fails, or does not end until `end`.
std::optional<std::string> run(const KeyringCommand& keyring, std::vector<std::string> arguments,
                               Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
  if (left.count() <= 0) return std::nullopt;
  arguments.insert(arguments.begin(), keyring.program.text());
  try {
    base::Process process(arguments, keyring.environment);
    base::ProcessResult result = process.wait(left);
    if (!result.succeeded()) return std::nullopt;
    return std::move(result.output);
  } catch (const base::FileError&) {
    return std::nullopt;  // it cannot be started: as good as missing
  }
}

std::string first_line(std::string_view text) {
  return std::string(base::split_lines(text).empty() ? "" : base::split_lines(text).front());
}

std::optional<Credentials> ask(const KeyringCommand& keyring, const std::string& service,
                               const std::optional<std::string>& user, Clock::time_point end) {
  // The command would take it for an option.
  if (service.starts_with('-') || (user && user->starts_with('-'))) return std::nullopt;
  if (user) {
    const auto output = run(keyring, {"get", service, *user}, end);
    if (!output || first_line(*output).empty()) return std::nullopt;
    return Credentials{.user = *user, .password = first_line(*output)};
  }
  const auto output = run(keyring, {"--mode", "creds", "get", service}, end);
  if (!output) return std::nullopt;
  const auto lines = base::split_lines(*output);
  if (lines.size() < 2 || lines[0].empty()) return std::nullopt;
  return Credentials{.user = std::string(lines[0]), .password = std::string(lines[1])};
}

}  // namespace

std::optional<Credentials> ask_keyring(const KeyringCommand& keyring, const base::Url& url,
                                       const std::optional<std::string>& user) {
  constexpr std::chrono::seconds kTimeout{30};
  const Clock::time_point end = Clock::now() + kTimeout;
  const std::string address = url.without_credentials().without_fragment().to_string();
  if (auto found = ask(keyring, address, user, end)) return found;
  const std::string origin = url.origin();
  return ask(keyring, origin.substr(origin.find("//") + 2), user, end);
}

}  // namespace ensure::net
