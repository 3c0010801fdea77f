#include "bundled/pack/payload_writer.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "bundled/pack/compress.h"
#include "bundled/pack/partition.h"
#include "bundled/pack/pending_wheel.h"
#include "bundled/payload/manifest.h"
#include "installer/base/parallel.h"

namespace ensure::bundled {

namespace {

/// A base comes before what is made from it: newer wheels first, and in each newer bytecode.
void put_in_order(std::vector<PackedWheel>& wheels) {
  std::ranges::sort(wheels, std::ranges::greater{}, [](const PackedWheel& wheel) {
    return std::tuple(wheel.version, std::string_view(wheel.filename));
  });
  for (PackedWheel& wheel : wheels) {
    std::ranges::sort(wheel.bytecode, std::ranges::greater{}, [](const PackedBytecode& bytecode) {
      return std::tuple(specs::Version::parse(bytecode.compiled_with),
                        std::string_view(bytecode.cache_tag));
    });
  }
}

/// Packs wheels that are in order: a list of named steps.
class PayloadWriter {
 public:
  PayloadWriter(std::vector<PackedWheel>& wheels, const PayloadSettings& settings)
      : wheels_(wheels),
        settings_(settings),
        pending_(cut_wheels(wheels, Partition(wheels, settings.slice_size))) {
    for (std::size_t i = 0; i < wheels.size(); ++i) {
      for (std::size_t k = 0; k < wheels[i].bytecode.size(); ++k) places_.push_back({i, k});
    }
  }

  std::string write() {
    for (PendingWheel& wheel : pending_) compress(wheel);
    for (const BytecodePlace& place : places_) compress(place);
    make_differences();
    leave_out();
    std::string payload = head();
    for (const PendingWheel& wheel : pending_) {
      append(payload, wheel.frames);
      for (const PendingBytecode& bytecode : wheel.bytecode) append(payload, bytecode.frames);
    }
    return payload;
  }

 private:
  PendingBytecode& bytecode_at(const BytecodePlace& place) {
    return pending_[place.wheel].bytecode[place.bytecode];
  }

  void compress(PendingWheel& wheel) {
    const PendingFrames* const base = wheel.base ? &pending_[*wheel.base].frames : nullptr;
    compress(wheel.frames, [&](std::size_t part) {
      const std::string& content = wheel.frames[part].content;
      return base == nullptr ? bundled::compress(content)
                             : compress_difference(content, (*base)[part].content, settings_.level);
    });
  }

  void compress(const BytecodePlace& place) {
    PendingBytecode& bytecode = bytecode_at(place);
    const PendingFrames* const base = bytecode.base ? &bytecode_at(*bytecode.base).frames : nullptr;
    compress(bytecode.frames, [&](std::size_t part) {
      std::string known = pending_[place.wheel].frames[part].content;
      if (base != nullptr) known += (*base)[part].content;
      return compress_difference(bytecode.frames[part].content, known, settings_.level);
    });
  }

  template <typename Compress>
  void compress(PendingFrames& frames, const Compress& compressed) const {
    base::run_parallel(frames.size(), settings_.threads, [&](std::size_t part) {
      if (!frames[part].content.empty()) frames[part].packed = compressed(part);
    });
  }

  void make_differences() {
    for (std::size_t i = places_.size(); i-- > 1 && !fits();) {
      bytecode_at(places_[i]).base = places_[i - 1];
      compress(places_[i]);
    }
  }

  void leave_out() {
    while (!places_.empty() && !fits()) {
      const BytecodePlace oldest = places_.back();
      places_.pop_back();
      pending_[oldest.wheel].bytecode.pop_back();
      wheels_[oldest.wheel].bytecode.pop_back();
    }
  }

  [[nodiscard]] bool fits() const {
    return head().size() + packed_size(pending_) <= settings_.limit;
  }

  /// What stands in front of the frames.
  [[nodiscard]] std::string head() const {
    std::vector<BundledWheel> described;
    described.reserve(pending_.size());
    for (const PendingWheel& wheel : pending_) described.push_back(describe(wheel));
    return encode_manifest(described);
  }

  static void append(std::string& payload, const PendingFrames& frames) {
    for (const PendingFrame& frame : frames) payload += frame.packed;
  }

  std::vector<PackedWheel>& wheels_;
  const PayloadSettings& settings_;
  std::vector<PendingWheel> pending_;
  std::vector<BytecodePlace> places_;  ///< of all bytecode, in order
};

}  // namespace

PackedPayload write_payload(std::vector<PackedWheel> wheels, const PayloadSettings& settings) {
  put_in_order(wheels);
  std::string bytes = PayloadWriter(wheels, settings).write();
  return {.bytes = std::move(bytes), .wheels = std::move(wheels)};
}

}  // namespace ensure::bundled
