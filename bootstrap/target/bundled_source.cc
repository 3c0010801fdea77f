#include "bootstrap/target/bundled_source.h"

#include <utility>

namespace ensure::bootstrap {

BundledSource::BundledSource(const bundled::Bundle& bundle, const bundled::BundledWheel& wheel,
                             std::string cache_tag)
    : bundle_(bundle),
      wheel_(wheel),
      cache_tag_(std::move(cache_tag)),
      dist_info_files_(bundle.dist_info_files(wheel)) {}

std::optional<std::string> BundledSource::dist_info_file(std::string_view name) const {
  const auto found = dist_info_files_.find(name);
  return found == dist_info_files_.end() ? std::nullopt : std::optional(found->second);
}

std::uint64_t BundledSource::unpacked_size() const {
  const bundled::BundledBytecode* bytecode = wheel_.bytecode_for(cache_tag_);
  return wheel_.unpacked_size + (bytecode == nullptr ? 0 : bytecode->unpacked_size);
}

void BundledSource::read_part(std::size_t part, const Visitor& visit) const {
  bundle_.read_part(wheel_, part, cache_tag_, [&visit](const bundled::BundledFile& file) {
    visit({file.path, file.content, file.executable, file.bytecode});
  });
}

}  // namespace ensure::bootstrap
