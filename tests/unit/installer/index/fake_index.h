#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/index/settings.h"
#include "installer/specs/requirements/requirement.h"
#include "tests/support/fake_http_client.h"

namespace ensure::tests {

/// A file of a made-up index, as its page lists it.
struct FakeFile {
  std::string filename;
  std::string body;
  // NOLINTBEGIN(readability-redundant-member-init): so that initializers may leave them out
  std::optional<std::string> sha256 = std::nullopt;  ///< or that of the body
  bool has_digest = true;
  bool has_size = true;
  std::string more = {};  ///< further members in JSON, each with a comma before it
  std::optional<std::string> metadata = std::nullopt;  ///< at the URL with ".metadata"
  bool announces_metadata = false;                     ///< even where there is none
  // NOLINTEND(readability-redundant-member-init)
};

/// A wheel with these lines in its METADATA.
[[nodiscard]] std::string wheel_bytes(const std::string& name, const std::string& version,
                                      const std::vector<std::string>& requires_dist = {});
[[nodiscard]] std::string metadata_text(const std::string& name, const std::string& version,
                                        const std::vector<std::string>& requires_dist = {});

/// An index in a fake client, with its files beside it.
class FakeIndex {
 public:
  explicit FakeIndex(FakeHttpClient& client, std::string url = "https://index.test/simple/")
      : client_(client), url_(std::move(url)) {}

  /// A version with one wheel for all platforms, and its metadata beside it.
  void add(const std::string& name, const std::string& version,
           const std::vector<std::string>& requires_dist = {});
  void add(const std::string& name, FakeFile file);
  /// Members of the page's "meta", or of the page itself; each with a comma before it.
  void describe(const std::string& name, std::string meta, std::string page = "");

  [[nodiscard]] std::string page_url(const std::string& name) const { return url_ + name + '/'; }
  [[nodiscard]] std::string file_url(const std::string& filename) const;
  [[nodiscard]] std::string page(const std::string& name) const;
  [[nodiscard]] base::Url url() const { return base::Url::parse(url_); }

 private:
  struct Project {
    std::vector<FakeFile> files;
    std::string meta;
    std::string page;
  };

  void publish(const std::string& name);

  FakeHttpClient& client_;
  std::string url_;
  std::map<std::string, Project> projects_;
};

/// CPython 3.12 on Linux, x86-64.
[[nodiscard]] specs::TargetPython linux_target();
[[nodiscard]] std::vector<specs::Requirement> requirements(const std::vector<std::string>& texts);

/// The exit code and message of what `action` throws; empty where it throws nothing.
template <typename Action>
std::string error_in(const Action& action) {
  try {
    (void)action();
  } catch (const base::Error& error) {
    return std::to_string(static_cast<int>(error.exit_code())) + ": " + error.message();
  }
  return {};
}

}  // namespace ensure::tests
