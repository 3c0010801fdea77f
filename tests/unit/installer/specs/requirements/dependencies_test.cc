#include "installer/specs/requirements/dependencies.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/linux_environment.h"

namespace ensure::specs {
namespace {

using Texts = std::vector<std::string>;

class Sorted {
 public:
  explicit Sorted(const Texts& requirements)
      : requirements_(parse(requirements)), dependencies_(requirements_, environment_) {}

  const Dependencies* operator->() const { return &dependencies_; }
  [[nodiscard]] std::string of_project() const { return names(dependencies_.of_project()); }
  [[nodiscard]] std::string of_extra(const std::string& name) const {
    return names(dependencies_.of_extra(PackageName::parse(name)));
  }

 private:
  static std::vector<Requirement> parse(const Texts& texts) {
    std::vector<Requirement> parsed;
    for (const std::string& text : texts) parsed.push_back(Requirement::parse(text));
    return parsed;
  }

  static std::string names(const Dependencies::List& requirements) {
    std::string text;
    for (const Requirement* const requirement : requirements) {
      text += requirement->name.normalized();
    }
    return text;
  }

  MarkerEnvironment environment_ = tests::linux_environment();
  std::vector<Requirement> requirements_;
  Dependencies dependencies_;
};

}  // namespace

TEST_CASE("requirements are sorted by the extra that adds them", "[specs][Dependencies]") {
  const Sorted sorted({"a", "b; extra == 'X.y' or extra == 'z'", "c; os_name == 'nt'",
                       "d; os_name == 'posix' or extra == 'z'", "e; extra != '' and extra != 'z'",
                       "f; extra == 'x-y' and os_name == 'posix'", "g; 'y' in extra"});
  CHECK(sorted.of_project() == "ad");
  CHECK(sorted.of_extra("x_y") == "befg");
  CHECK(sorted.of_extra("z") == "b");
  CHECK(sorted.of_extra("other") == "e");
  CHECK(sorted->concern(PackageName::parse("other")));
  CHECK_FALSE(sorted->is_excessive());
}

TEST_CASE("extras without requirements concern nothing", "[specs][Dependencies]") {
  const Sorted sorted({"a; extra == 'x'"});
  CHECK(sorted->concern(PackageName::parse("X")));
  CHECK_FALSE(sorted->concern(PackageName::parse("y")));
  CHECK(sorted.of_extra("y").empty());
  CHECK(Dependencies::none().of_project().empty());
}

TEST_CASE("only a few requirements for extras without a name are kept",
          "[specs][Dependencies][bounds]") {
  const Sorted few(Texts(16, "a; extra != ''"));
  CHECK_FALSE(few->is_excessive());
  CHECK(few.of_extra("x") == std::string(16, 'a'));
  const Sorted many(Texts(17, "a; extra != ''"));
  CHECK(many->is_excessive());
  CHECK(many.of_extra("x") == std::string(16, 'a'));
}

TEST_CASE("only a few combinations of extras are accepted", "[specs][Dependencies][bounds]") {
  const auto all = [](std::size_t count, const std::string& before, const std::string& after,
                      const std::string& between) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      text += (i == 0 ? "" : between) + before + std::to_string(i) + after;
    }
    return text;
  };
  const std::string marker = all(200, "extra == 'e", "'", " or ");
  CHECK_FALSE(Sorted({"a[" + all(100, "x", "", ",") + "]; " + marker})->is_excessive());
  CHECK(Sorted({"a[" + all(101, "x", "", ",") + "]; " + marker})->is_excessive());
  CHECK_FALSE(Sorted({"a[" + all(20'000, "x", "", ",") + "]; extra == 'e'"})->is_excessive());
  CHECK_FALSE(Sorted({"a[" + all(20, "x", "", ",") + "]; extra != ''"})->is_excessive());
  CHECK(Sorted({"a[" + all(21, "x", "", ",") + "]; extra != ''"})->is_excessive());
  CHECK_FALSE(Sorted({"a[" + all(30'000, "x", "", ",") + "]"})->is_excessive());
}

TEST_CASE("a set of extras knows whether it shares a name with others", "[specs][ExtraSet]") {
  const ExtraSet some =
      *Marker::parse("extra == 'a' or extra == 'b'").extras(tests::linux_environment());
  CHECK(some.contains_any({"b", "c"}));
  CHECK_FALSE(some.contains_any({"c"}));
  CHECK_FALSE(some.contains_any({}));
  const ExtraSet others =
      *Marker::parse("extra != 'a' and extra != 'b'").extras(tests::linux_environment());
  CHECK(others.contains_any({"b", "c"}));
  CHECK_FALSE(others.contains_any({"a", "b"}));
  CHECK_FALSE(others.contains_any({}));
  CHECK(ExtraSet::all().contains_any({"a"}));
  CHECK_FALSE(ExtraSet::none().contains_any({"a"}));
}

}  // namespace ensure::specs
