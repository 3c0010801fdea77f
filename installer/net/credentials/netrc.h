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
  /// Never fails: like curl, it stops at the first unknown word.
  static Netrc parse(std::string_view text);

  enum class Default { kCounts, kLeftOut };

  /// The first entry for this host with a password, else the default entry. With `user`, only
  /// entries of that user or without a user. Ignores the case of `host`.
  [[nodiscard]] std::optional<Credentials> find(
      std::string_view host, const std::optional<std::string>& user = std::nullopt,
      Default default_entry = Default::kCounts) const;

 private:
  struct Entry {
    std::optional<std::string> host;  ///< nullopt for the default entry
    std::string login;
    std::optional<std::string> password;
  };
  std::vector<Entry> entries_;
};

}  // namespace ensure::net
