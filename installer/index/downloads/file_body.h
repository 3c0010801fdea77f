#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "installer/base/digest.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/net/http_client.h"

namespace ensure::index {

/// Bytes that stay valid while `keeper` lives.
struct KeptBytes {
  std::string_view bytes;
  std::shared_ptr<const void> keeper;
  bool is_file = false;  ///< mapped from a file, so that they need not stay in memory
};

/// Receives a file and computes its digests. A large body goes to an unnamed file, so that it takes
/// memory only while it is read.
class FileBody final : public net::BodySink {
 public:
  /// `directory` is for large bodies; an empty path keeps them in memory. `received` is called with
  /// the size of every piece, on the client's thread.
  FileBody(const std::set<base::DigestAlgorithm>& algorithms, base::Path directory,
           std::function<void(std::uint64_t)> received = nullptr);
  ~FileBody() override;

  void begin(std::uint64_t offset, std::optional<std::uint64_t> total) override;
  void write(std::string_view bytes) override;

  // After the whole body has arrived:

  /// The offset of the first byte in the file: 0 unless the server sent a range.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// The raw digest by one of the algorithms. To be called once for each.
  [[nodiscard]] std::string digest(base::DigestAlgorithm algorithm);
  /// To be called once.
  [[nodiscard]] KeptBytes take();

 private:
  void start_hashing();
  void truncate(std::uint64_t size);
  void hash(std::string_view bytes);
  void append(std::string_view bytes);
  /// Moves the bytes to a file, if that is possible.
  void spill();
  void give_up_file();

  std::set<base::DigestAlgorithm> algorithms_;
  base::Path directory_;
  std::function<void(std::uint64_t)> received_;
  std::map<base::DigestAlgorithm, base::Hasher> hashers_;
  bool begun_ = false;
  bool may_spill_ = true;
  std::uint64_t offset_ = 0;
  std::uint64_t size_ = 0;
  std::string memory_;  ///< the whole body, unless there is a file
  base::File file_;
};

/// The request for a file, whose body is checked by digests if there are any.
[[nodiscard]] net::Request http_request(const FileRequest& request);

}  // namespace ensure::index
