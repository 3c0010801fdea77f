#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ensure::text {

/// Numbers different texts in the order in which they come.
class Table {
 public:
  struct Place {
    std::uint32_t index;
    bool is_new;
  };

  Place place_of(std::string_view text) {
    // Neighbours on a page have most in common.
    if (!texts_.empty() && texts_[last_] == text) return {last_, false};
    const auto found = indices_.find(text);
    if (found != indices_.end()) return {last_ = found->second, false};
    last_ = static_cast<std::uint32_t>(texts_.size());
    indices_.emplace(texts_.emplace_back(text), last_);
    return {last_, true};
  }

  [[nodiscard]] const std::deque<std::string>& texts() const { return texts_; }

 private:
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, std::uint32_t> indices_;
  std::uint32_t last_ = 0;
};

}  // namespace ensure::text
