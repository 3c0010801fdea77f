#include "installer/cache/cache.h"

#include <utility>

namespace ensure::cache {

class Cache::Store {
 public:
  explicit Store(fs::path path) : path_(std::move(path)) {}
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Cache::Cache(fs::path path) : store_(std::make_unique<Store>(std::move(path))) {}
Cache Cache::disabled() { return Cache(fs::path()); }
Cache::~Cache() = default;
Cache::Cache(Cache&&) noexcept = default;
Cache& Cache::operator=(Cache&&) noexcept = default;

const fs::path& Cache::path() const { return store_->path(); }
std::optional<std::string> Cache::problem() const { return std::nullopt; }
std::optional<StoredPage> Cache::find_page(std::string_view /*url*/) const { return std::nullopt; }
void Cache::store_page(std::string_view /*url*/, const StoredPage& /*page*/) const {}
void Cache::renew_page(std::string_view /*url*/, const Freshness& /*freshness*/) const {}
std::optional<std::string> Cache::find_metadata(std::string_view /*filename*/,
                                                std::string_view /*identity*/) const {
  return std::nullopt;
}
void Cache::store_metadata(std::string_view /*filename*/, std::string_view /*identity*/,
                           std::string_view /*content*/) const {}
std::optional<StoredFile> Cache::find_wheel(std::string_view /*sha256*/) const {
  return std::nullopt;
}
std::unique_ptr<PendingFile> Cache::new_wheel(std::string_view /*sha256*/) const { return nullptr; }
void Cache::drop_wheel(std::string_view /*sha256*/) const {}
std::optional<base::Directory> Cache::find_unpacked(std::string_view /*sha256*/) const {
  return std::nullopt;
}
std::optional<base::Directory> Cache::make_unpacked(
    std::string_view /*sha256*/,
    const std::function<bool(const base::Directory&)>& /*fill*/) const {
  return std::nullopt;
}
void Cache::drop_unpacked(std::string_view /*sha256*/) const {}
Amount Cache::amount() const { return {}; }
Amount Cache::prune(std::chrono::hours /*unused*/) const { return {}; }
Amount Cache::clean() const { return {}; }

}  // namespace ensure::cache
