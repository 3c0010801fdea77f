#pragma once

#include <set>
#include <string>
#include <string_view>

#include "installer/specs/requirements/package_name.h"

namespace ensure::specs {

/// Which projects may come as wheels and which as source distributions: the options `--no-binary`
/// and
/// `--only-binary` in the order in which they are given, as pip defines them.
class FormatControl {
 public:
  /// `value` is a comma-separated list of names, `:all:` or `:none:`; later ones take precedence.
  void add_no_binary(std::string_view value) { add(value, no_binary_, only_binary_); }
  void add_only_binary(std::string_view value) { add(value, only_binary_, no_binary_); }

  [[nodiscard]] bool allows_wheel(const PackageName& name) const;
  [[nodiscard]] bool allows_sdist(const PackageName& name) const;

  /// Normal forms of names, and `:all:`.
  [[nodiscard]] const std::set<std::string>& no_binary() const { return no_binary_; }
  [[nodiscard]] const std::set<std::string>& only_binary() const { return only_binary_; }

  friend bool operator==(const FormatControl&, const FormatControl&) = default;

 private:
  using Names = std::set<std::string>;

  static void add(std::string_view value, Names& target, Names& other);

  Names no_binary_;
  Names only_binary_;
};

}  // namespace ensure::specs
