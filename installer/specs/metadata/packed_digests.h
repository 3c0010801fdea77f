#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/digest.h"

namespace ensure::specs {

/// A digest that an index announces for a file.
struct AnnouncedDigest {
  base::DigestAlgorithm algorithm;
  std::string_view bytes;  ///< raw, of the length that the algorithm has
};

/// What became of a digest that was offered.
enum class DigestOffer { kTaken, kUnknownAlgorithm, kMalformed };

/// Appends a digest given as hexadecimal text, of an algorithm by its name, in the form in which
/// pages are kept: a byte for the algorithm, then the raw digest.
DigestOffer append_digest(std::string& packed, std::string_view algorithm,
                          std::string_view hexadecimal);

/// The digests in what `append_digest` made; what is not of that form ends them.
[[nodiscard]] std::vector<AnnouncedDigest> unpack_digests(std::string_view packed);

}  // namespace ensure::specs
