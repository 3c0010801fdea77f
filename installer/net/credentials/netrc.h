#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::net {

struct Credentials {
  std::string user;
  std::string password;

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// A netrc file: "machine HOST login USER password SECRET", "default login …", "macdef NAME" with
/// lines up to an empty one, "#" comments, values in double quotes with backslashes.
class Netrc {
 public:
  /// Never fails: what it does not understand ends the reading there, as with curl.
  static Netrc parse(std::string_view text);

  enum class Default { kCounts, kLeftOut };

  /// The first entry for this host, in any case, else the default one, that has a password; with
  /// `user`, only entries of that user or of nobody in particular.
  [[nodiscard]] std::optional<Credentials> find(
      std::string_view host, const std::optional<std::string>& user = std::nullopt,
      Default default_entry = Default::kCounts) const;

 private:
  struct Entry {
    std::optional<std::string> host;  ///< none for the default one
    std::string login;
    std::optional<std::string> password;
  };
  std::vector<Entry> entries_;
};

}  // namespace ensure::net
