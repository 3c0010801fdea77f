#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/digest.h"

namespace ensure::specs {

/// A digest that an index publishes for a file.
struct AnnouncedDigest {
  base::DigestAlgorithm algorithm;
  std::string_view bytes;  ///< raw, of the length that the algorithm has
};

/// The result of `append_digest`.
enum class DigestOffer { kTaken, kUnknownAlgorithm, kMalformed };

/// Appends a digest in the form of `ProjectPage`: a byte for the algorithm, then the raw digest. It
/// is given by the name of the algorithm and in hexadecimal.
DigestOffer append_digest(std::string& packed, std::string_view algorithm,
                          std::string_view hexadecimal);

/// The digests that `append_digest` has packed, up to the first bytes of another form.
[[nodiscard]] std::vector<AnnouncedDigest> unpack_digests(std::string_view packed);

}  // namespace ensure::specs
