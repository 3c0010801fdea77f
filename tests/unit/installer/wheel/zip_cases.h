#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/wheel_builder.h"

/// Tables of archives that are odd or hostile in one respect each.
namespace ensure::wheel_test {

struct ZipCase {
  const char* what;
  std::function<void(testing::ZipImage&)> change;
};

/// A sound archive of three files; the one in the middle is stored, 6 bytes long.
[[nodiscard]] testing::ZipImage sample_archive();

/// A change of the two headers of the file in the middle.
[[nodiscard]] std::function<void(testing::ZipImage&)> lie(
    std::function<void(testing::ZipFields& local, testing::ZipFields& central)> change);

/// The same change to both of its headers.
[[nodiscard]] std::function<void(testing::ZipImage&)> lie_in_both(
    const std::function<void(testing::ZipFields&)>& change);

[[nodiscard]] std::function<void(testing::ZipImage&)> add(const testing::ZipMember& member);

[[nodiscard]] std::function<void(testing::ZipImage&)> lie_at_end(
    const std::function<void(testing::ZipEndFields&)>& change);

[[nodiscard]] std::function<void(testing::ZipImage&)> lie_at_long_end(
    const std::function<void(testing::Zip64EndFields&)>& change);

/// An extra field with the name `unicode` for the file `path`.
[[nodiscard]] std::string unicode_path(const std::string& path, const std::string& unicode);

/// Checks that the audit refuses what each change makes of the sample.
void check_all_refused(const std::vector<ZipCase>& cases);

/// Checks that the audit accepts it and that its files are read as they were written.
void check_all_accepted(const std::vector<ZipCase>& cases);

}  // namespace ensure::wheel_test
