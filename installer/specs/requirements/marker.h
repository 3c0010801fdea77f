#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensure::text {
class Scanner;
}

namespace ensure::specs {

/// The variables of the markers of requirements (PEP 508, "Environment markers").
struct MarkerEnvironment {
  std::string implementation_name;             ///< "cpython"
  std::string implementation_version;          ///< "3.12.1"; of PyPy its own, such as "7.3.15"
  std::string os_name;                         ///< "posix"
  std::string platform_machine;                ///< "x86_64"
  std::string platform_python_implementation;  ///< "CPython"
  std::string platform_release;
  std::string platform_system;  ///< "Linux"
  std::string platform_version;
  std::string python_full_version;  ///< "3.12.1"
  std::string python_version;       ///< "3.12"
  std::string sys_platform;         ///< "linux"

  /// `python_full_version` as a version: a Python that was built from a checkout calls itself
  /// "3.13.0a1+". The reference implementation makes a version of it in the same way.
  [[nodiscard]] std::string full_version() const {
    return python_full_version + (python_full_version.ends_with('+') ? "local" : "");
  }
};

/// The extras and groups that are requested.
struct MarkerSelection {
  std::vector<std::string> extras;             ///< in any spelling
  std::vector<std::string> dependency_groups;  ///< in lock files (PEP 751)
  /// Markers of a lock file may use `extras` and `dependency_groups`; those of requirements
  /// `extra`.
  bool is_lock = false;
};

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

/// One side of a comparison: a variable or a text.
struct MarkerOperand {
  bool is_variable = false;
  std::string text;  ///< the text, or the name of the variable in its present spelling

  friend bool operator==(const MarkerOperand&, const MarkerOperand&) = default;
};

/// One comparison of a marker, such as `python_version >= "3.8"`.
struct MarkerComparison {
  MarkerOperand left;
  std::string op;  ///< an operator of PEP 440, `in` or `not in`
  MarkerOperand right;

  friend bool operator==(const MarkerComparison&, const MarkerComparison&) = default;
};

/// A condition under which a requirement applies (PEP 508, "Environment markers"; with `extras` and
/// `dependency_groups` of PEP 751).
class Marker {
 public:
  /// Throws `base::ParseError`; also for parentheses that are nested more than 64 deep.
  static Marker parse(std::string_view text);
  static std::optional<Marker> try_parse(std::string_view text);
  /// Reads a marker as the last part of a requirement.
  static Marker scan(text::Scanner& scanner);

  /// Whether the condition holds; if it depends on `extra`, whether it holds for any of the extras.
  /// A marker with a comparison that has no meaning, or with a variable that is unknown in this
  /// kind of file, does not hold, whatever its other comparisons say.
  [[nodiscard]] bool evaluate(const MarkerEnvironment& environment,
                              const MarkerSelection& selection = {}) const;

  /// The extras for which the condition holds, in a time that does not grow with their number.
  /// Nullopt if a comparison is about a part of a name (`in`): then evaluate the marker for each
  /// extra.
  [[nodiscard]] std::optional<ExtraSet> extras(const MarkerEnvironment& environment) const;

  /// The number of comparisons in the marker.
  [[nodiscard]] std::size_t comparison_count() const;

  /// Whether the variable of this name stands in any comparison.
  [[nodiscard]] bool has_variable(std::string_view name) const;

  /// In one spelling, with parentheses where they are needed.
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Marker&, const Marker&) = default;

 private:
  friend class MarkerParser;

  enum class Kind : std::uint8_t { kComparison, kAll, kAny };

  /// Like `evaluate`, for one extra in its normal form; nullopt if a comparison has no meaning.
  [[nodiscard]] std::optional<bool> holds(const MarkerEnvironment& environment,
                                          const MarkerSelection& selection,
                                          const std::string& extra) const;
  /// Like `extras`, for a marker whose comparisons all have a meaning.
  [[nodiscard]] std::optional<ExtraSet> extras_that_hold(
      const MarkerEnvironment& environment) const;

  Kind kind_ = Kind::kAll;
  MarkerComparison comparison_;
  std::vector<Marker> parts_;
};

}  // namespace ensure::specs
