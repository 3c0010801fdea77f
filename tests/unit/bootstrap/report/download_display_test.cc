#include <chrono>
#include <string>

#include "bootstrap/report/progress.h"
#include "tests/support/catch.h"

namespace ensure::bootstrap {
namespace {

using namespace std::chrono_literals;

TEST_CASE("Bytes are told in powers of ten", "[bootstrap][download_display]") {
  CHECK(byte_text(0) == "0 B");
  CHECK(byte_text(999) == "999 B");
  CHECK(byte_text(1000) == "1.0 kB");
  CHECK(byte_text(999'949) == "999.9 kB");
  CHECK(byte_text(999'950) == "1.0 MB");
  CHECK(byte_text(16'100'000) == "16.1 MB");
  CHECK(byte_text(2'500'000'000) == "2.5 GB");
  CHECK(byte_text(UINT64_MAX) == "18446744.1 TB");
}

TEST_CASE("A line has a name, bytes and a rate, as far as there is room",
          "[bootstrap][download_display]") {
  const std::chrono::steady_clock::time_point started{};
  const RunningDownload download{
      .filename = "numpy-2.0.1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
      .size = 16'100'000,
      .received = 8'000'000,
      .started = started};
  const auto line = [&](std::size_t width) { return download_line(download, started + 2s, width); };
  CHECK(line(80) == "numpy-2.0.1                                  8.0 MB of 16.1 MB     4.0 MB/s");
  CHECK(line(200).size() == 40 + 22 + 13);
  CHECK(line(48) == "numpy-2.0.1      8.0 MB of 16.1 MB     4.0 MB/s");
  CHECK(line(47) == "numpy-2.0.1                  8.0 MB of 16.1 MB");
  CHECK(line(35) == "numpy-2.0.1      8.0 MB of 16.1 MB");
  CHECK(line(20) == "numpy-2.0.1        ");
  CHECK(line(8) == "nump...");
  CHECK(line(2) == "n");
  CHECK(line(1).empty());
  for (std::size_t width = 1; width < 100; ++width) CHECK(line(width).size() < width);
}

TEST_CASE("A size that nobody tells is left out, and a name is shown, not obeyed",
          "[bootstrap][download_display]") {
  const std::chrono::steady_clock::time_point started{};
  const RunningDownload download{
      .filename = "a\x1b-1.0.tar.gz", .size = std::nullopt, .received = 12, .started = started};
  CHECK(download_line(download, started, 60) ==
        "a\\x1b-1.0.tar.gz                          12 B             ");
}

}  // namespace
}  // namespace ensure::bootstrap
