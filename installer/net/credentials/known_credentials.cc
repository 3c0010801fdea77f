#include "installer/net/credentials/known_credentials.h"

#include <chrono>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"

namespace ensure::net {

namespace {

using Clock = std::chrono::steady_clock;

/// The output of the command; nullopt if it fails or does not end before `end`.
std::optional<std::string> run(const KeyringCommand& keyring, std::vector<std::string> arguments,
                               Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
  if (left.count() <= 0) return std::nullopt;
  arguments.insert(arguments.begin(), keyring.program.string());
  try {
    base::Process process(arguments, keyring.environment);
    base::ProcessResult result = process.wait(left);
    if (!result.succeeded()) return std::nullopt;
    return std::move(result.output);
  } catch (const base::FileError&) {
    return std::nullopt;  // it cannot be started
  }
}

std::string first_line(std::string_view text) {
  const auto lines = base::split_lines(text);
  return std::string(lines.empty() ? "" : lines.front());
}

std::optional<Credentials> ask(const KeyringCommand& keyring, const std::string& service,
                               const std::optional<std::string>& user, Clock::time_point end) {
  // The command would read it as an option.
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

Netrc read_netrc(const std::vector<std::filesystem::path>& paths) {
  for (const std::filesystem::path& path : paths) {
    try {
      if (const auto text = base::read_file_if_exists(path, base::kSmallText))
        return Netrc::parse(*text);
    } catch (const base::FileError&) {
      continue;  // the server may need no credentials
    }
  }
  return {};
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

KnownCredentials::KnownCredentials(const ClientSettings& settings)
    : keyring_(settings.keyring), store_(read_netrc(settings.netrc_files)) {
  for (const base::Url& url : settings.known_urls) {
    store_.learn(url);
    store_.name_origin(url);
  }
}

std::optional<Credentials> KnownCredentials::find(const base::Url& url, AskKeyring ask) {
  std::optional<Credentials> known = store_.find(url);
  const bool has_password = known && !known->password.empty();
  const bool may_ask = ask == AskKeyring::kYes && keyring_ && !has_password;
  if (!may_ask || !asked_.insert(url.origin()).second) return known;
  if (auto found = ask_keyring(*keyring_, url, store_.user_without_password(url))) {
    store_.learn(url, *found);
    return found;
  }
  return known;
}

}  // namespace ensure::net
