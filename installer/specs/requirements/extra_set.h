#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensure::specs {

/// A set of extras, by their normal forms: either some, or all but some. The empty name stands for
/// an installation without extras.
class ExtraSet {
 public:
  static ExtraSet none() { return {}; }
  static ExtraSet all() { return {{}, true}; }
  static ExtraSet only(std::string name) { return {{std::move(name)}, false}; }

  [[nodiscard]] bool contains(std::string_view name) const;
  /// Whether the set contains any of `names`. Takes a time that grows with `listed` only.
  [[nodiscard]] bool contains_any(const std::set<std::string>& names) const;
  /// Whether `listed` holds the names that are not in the set.
  [[nodiscard]] bool is_complement() const { return is_complement_; }
  /// In order, each once.
  [[nodiscard]] const std::vector<std::string>& listed() const { return listed_; }

  [[nodiscard]] ExtraSet complement() &&;
  /// Takes n log n steps for n names.
  [[nodiscard]] static ExtraSet intersection(std::vector<ExtraSet> sets);

  friend bool operator==(const ExtraSet&, const ExtraSet&) = default;

 private:
  ExtraSet() = default;
  ExtraSet(std::vector<std::string> listed, bool is_complement)
      : listed_(std::move(listed)), is_complement_(is_complement) {}

  std::vector<std::string> listed_;
  bool is_complement_ = false;
};

}  // namespace ensure::specs
