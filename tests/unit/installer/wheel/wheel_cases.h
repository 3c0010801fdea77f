#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "installer/wheel/wheel_archive.h"
#include "tests/support/wheel_builder.h"

/// Tables of wheels that are odd or hostile in one respect each.
namespace ensure::wheel_test {

struct WheelCase {
  const char* what;
  std::function<void(testing::WheelBuilder&)> change;
};

using Files = std::map<std::string, std::string>;

/// Every file of a wheel, by its path.
[[nodiscard]] Files read_all(const wheel::WheelArchive& wheel);
[[nodiscard]] Files open_and_read(const testing::WheelBuilder& builder);

[[nodiscard]] std::function<void(testing::WheelBuilder&)> edit_record(
    const std::function<void(std::string&)>& edit);
[[nodiscard]] std::function<void(testing::WheelBuilder&)> replace_in_record(const std::string& from,
                                                                            const std::string& to);
/// `row` comes without its line end.
[[nodiscard]] std::function<void(testing::WheelBuilder&)> add_row(const std::string& row);
[[nodiscard]] std::function<void(testing::WheelBuilder&)> set_metadata(const std::string& text);
[[nodiscard]] std::function<void(testing::WheelBuilder&)> set_wheel(const std::string& text);
[[nodiscard]] std::function<void(testing::WheelBuilder&)> add_file(
    const std::string& path, const std::string& content = "x");
[[nodiscard]] std::function<void(testing::WheelBuilder&)> remove_file(const std::string& path);
[[nodiscard]] std::function<void(testing::WheelBuilder&)> name_file(const std::string& filename);
[[nodiscard]] std::function<void(testing::WheelBuilder&)> name_dist_info(
    const std::string& directory);

/// The row of RECORD for the file demo/__init__.py.
[[nodiscard]] std::string row_of_init();

/// Checks that each changed wheel is refused when it is opened or read.
void check_wheels_refused(const std::vector<WheelCase>& cases);

/// Checks that each changed wheel is read as it was written.
void check_wheels_accepted(const std::vector<WheelCase>& cases);

}  // namespace ensure::wheel_test
