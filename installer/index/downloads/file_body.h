#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "installer/base/digest.h"
#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/net/http_client.h"

namespace ensure::index {

/// Bytes that stay as they are while `keeper` lives.
struct KeptBytes {
  std::string_view bytes;
  std::shared_ptr<const void> keeper;
  bool is_file = false;  ///< mapped from one, so that they need not stay in memory
};

/// Gives the memory of a mapped file back; what is read again comes from the file again.
void release_mapping(std::string_view bytes);

/// A file while it arrives: its digests are computed on the way, and what is large lies in a file
/// without a name, so that it costs memory only while it is read.
class FileBody final : public net::BodySink {
 public:
  /// `folder` is where large files may lie, on a disk if possible; empty for none. `heard` is told
  /// of every piece, on the client's thread.
  FileBody(const std::set<base::DigestAlgorithm>& algorithms, base::Path folder,
           std::function<void(std::uint64_t)> heard = nullptr);
  ~FileBody() override;

  void begin(std::uint64_t offset, std::optional<std::uint64_t> total) override;
  void write(std::string_view bytes) override;

  // Once it is all here:

  /// Where in the file the bytes begin: 0 unless a range was asked for and given.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Raw; of an algorithm named before. To be asked once for each.
  [[nodiscard]] std::string digest(base::DigestAlgorithm algorithm);
  /// To be called once.
  [[nodiscard]] KeptBytes take();

 private:
  void start_hashing();
  void truncate(std::uint64_t size);
  void hash(std::string_view bytes);
  void append(std::string_view bytes);
  /// Moves what is here to a file; nothing happens where there can be none.
  void spill();
  void give_up_file();

  std::set<base::DigestAlgorithm> algorithms_;
  base::Path folder_;
  std::function<void(std::uint64_t)> heard_;
  std::map<base::DigestAlgorithm, base::Hasher> hashers_;
  bool begun_ = false;
  bool may_spill_ = true;
  std::uint64_t offset_ = 0;
  std::uint64_t size_ = 0;
  std::string memory_;  ///< all of it, unless there is a file
  base::Descriptor file_;
};

}  // namespace ensure::index
