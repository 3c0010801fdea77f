#include "installer/index/distribution_file.h"

namespace ensure::index {

std::optional<KnownDigest> digest_of_fragment(const base::Url& /*url*/) { return std::nullopt; }

std::optional<std::string> FileRequest::sha256() const { return std::nullopt; }

}  // namespace ensure::index
