#include "installer/cache/problem.h"

namespace ensure::cache {

void Problem::note(const base::Error& error) {
  const std::lock_guard lock(mutex_);
  if (exists_) return;
  text_ = error.message();
  exists_ = true;
}

std::optional<std::string> Problem::text() const {
  const std::lock_guard lock(mutex_);
  return exists_ ? std::optional(text_) : std::nullopt;
}

}  // namespace ensure::cache
