#pragma once

#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::install {

/// Makes what is in a directory the lower layer of an overlayfs that is mounted on it, as an image
/// is that of a container. Mounting needs root and an upper layer on a file system that has
/// extended attributes.
class LowerLayer {
 public:
  explicit LowerLayer(const fs::path& directory) : directory_(directory) {
    const fs::path upper = layers_ / "upper";
    const fs::path work = layers_ / "work";
    fs::create_directory(upper, directory);  // with the mode of the directory
    fs::create_directory(work);
    const std::string options = "redirect_dir=off,lowerdir=" + directory.text() +
                                ",upperdir=" + upper.text() + ",workdir=" + work.text();
    if (mount("overlay", directory.c_str(), "overlay", 0, options.c_str()) != 0) {
      throw std::runtime_error(std::string("no overlay: ") + std::strerror(errno));
    }
  }
  ~LowerLayer() { (void)umount2(directory_.c_str(), MNT_DETACH); }
  LowerLayer(const LowerLayer&) = delete;
  LowerLayer& operator=(const LowerLayer&) = delete;

  /// Whether this machine lets the tests mount one.
  static bool can_be_made() {
    const tests::TempDir directory;
    try {
      const LowerLayer layer(directory.path());
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  }

 private:
  fs::path directory_;
  tests::TempDir layers_;
};

}  // namespace ensure::install
