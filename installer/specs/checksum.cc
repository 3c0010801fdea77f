#include "installer/specs/checksum.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace ensure::specs {
namespace {

constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;  // 2^64 by the golden ratio
constexpr std::size_t kWord = sizeof(std::uint64_t);

std::uint64_t mix(std::uint64_t state, std::uint64_t word) {
  return std::rotl((state ^ word) * kOdd, 29);
}

}  // namespace

std::uint64_t checksum(std::string_view bytes) {
  // Four independent lanes: one multiplication need not wait for the other.
  std::array<std::uint64_t, 4> lanes = {1, 2, 3, 4};
  const std::size_t size = bytes.size();
  for (; bytes.size() >= lanes.size() * kWord; bytes.remove_prefix(lanes.size() * kWord)) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), bytes.data(), sizeof words);
    for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i] = mix(lanes[i], words[i]);
  }
  std::uint64_t state = size;
  for (const std::uint64_t lane : lanes) state = mix(state, lane);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kWord))) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), std::min(bytes.size(), kWord));
    state = mix(state, word);
  }
  return state ^ state >> 32U;
}

}  // namespace ensure::specs
