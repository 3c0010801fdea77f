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

/// Packs wheels that are in order.
class PayloadWriter {
 public:
  PayloadWriter(std::vector<PackedWheel>& wheels, const PayloadSettings& settings)
      : wheels_(wheels),
        settings_(settings),
        pending_(cut_wheels(wheels, Partition(wheels, settings.slice_size))) {}

  std::string write() {
    for (PendingWheel& wheel : pending_) compress(wheel);
    while (!fits() && leave_out_oldest_bytecode()) continue;
    std::string payload = head();
    for (const PendingWheel& wheel : pending_) {
      append(payload, wheel.frames);
      for (const PendingFrames& bytecode : wheel.bytecode) append(payload, bytecode);
    }
    return payload;
  }

 private:
  void compress(PendingWheel& wheel) {
    const PendingFrames* const base = wheel.base ? &pending_[*wheel.base].frames : nullptr;
    compress(wheel.frames, [&](std::size_t part) {
      const std::string& content = wheel.frames[part].content;
      return base == nullptr ? bundled::compress(content)
                             : compress_difference(content, (*base)[part].content, settings_.level);
    });
    for (PendingFrames& bytecode : wheel.bytecode) {
      compress(bytecode, [&](std::size_t part) {
        return compress_difference(bytecode[part].content, wheel.frames[part].content,
                                   settings_.level);
      });
    }
  }

  template <typename Compress>
  void compress(PendingFrames& frames, const Compress& compressed) const {
    base::run_parallel(frames.size(), settings_.threads, [&](std::size_t part) {
      if (!frames[part].content.empty()) frames[part].packed = compressed(part);
    });
  }

  /// Returns false if there is no bytecode.
  bool leave_out_oldest_bytecode() {
    for (std::size_t i = pending_.size(); i-- > 0;) {
      if (pending_[i].bytecode.empty()) continue;
      pending_[i].bytecode.pop_back();
      wheels_[i].bytecode.pop_back();
      return true;
    }
    return false;
  }

  [[nodiscard]] bool fits() const {
    return head().size() + packed_size(pending_) <= settings_.limit;
  }

  /// The part before the frames.
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
};

}  // namespace

PackedPayload write_payload(std::vector<PackedWheel> wheels, const PayloadSettings& settings) {
  put_in_order(wheels);
  std::string bytes = PayloadWriter(wheels, settings).write();
  return {.bytes = std::move(bytes), .wheels = std::move(wheels)};
}

}  // namespace ensure::bundled
