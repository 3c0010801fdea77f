#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "installer/base/error.h"

namespace ensure::cache {

/// The first thing that went wrong with a cache; after it, nothing more is kept. Any thread may
/// call it.
class Problem {
 public:
  void note(const base::Error& error);
  [[nodiscard]] bool exists() const { return exists_; }
  [[nodiscard]] std::optional<std::string> text() const;

 private:
  std::atomic<bool> exists_ = false;
  mutable std::mutex mutex_;
  std::string text_;
};

}  // namespace ensure::cache
