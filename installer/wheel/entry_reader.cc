#include "installer/wheel/entry_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace ensure::wheel {
namespace {

struct ArchiveCloser {
  void operator()(archive* reader) const { archive_read_free(reader); }
};

/// A local file header [APPNOTE 4.3.7] that states the sizes and CRC of one entry and nothing else
/// that matters. Sizes are always written in 64 bits, so that there is one form only.
class LocalHeader {
 public:
  explicit LocalHeader(const ZipEntry& entry) {
    put(0x04034B50, 4);
    put(45, 2);  // the version that knows sizes of 64 bits
    put(0, 2);
    put(entry.deflated ? 8 : 0, 2);
    put(0, 2);
    put(0x21, 2);  // 1980-01-01, as zeros are no date
    put(entry.crc32, 4);
    put(0xFFFFFFFF, 4);
    put(0xFFFFFFFF, 4);
    put(1, 2);
    put(20, 2);
    put('f', 1);
    put(1, 2);
    put(16, 2);
    put(entry.size, 8);
    put(entry.packed.size(), 8);
  }

  [[nodiscard]] const std::array<char, 51>& bytes() const { return bytes_; }

 private:
  void put(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      bytes_[length_++] = static_cast<char>(static_cast<std::uint8_t>(value >> (8 * i)));
    }
  }

  std::array<char, 51> bytes_{};
  std::size_t length_ = 0;
};

}  // namespace

struct EntryReader::State {
  State(std::vector<const ZipEntry*> entries, const Refusal& words)
      : files(std::move(entries)), refusal(words) {}

  std::vector<const ZipEntry*> files;
  const Refusal& refusal;
  std::unique_ptr<archive, ArchiveCloser> reader;
  std::size_t current = 0;  ///< the file that `next` returns next
  std::string content;

  // What libarchive is given: in turns the header and the data of a file.
  std::size_t fed = 0;
  bool header_fed = false;
  std::array<char, 51> header{};

  /// The next piece of the stream; empty at its end.
  std::string_view feed() {
    while (fed < files.size()) {
      if (!header_fed) {
        header_fed = true;
        header = LocalHeader(*files[fed]).bytes();
        return {header.data(), header.size()};
      }
      header_fed = false;
      const std::string_view packed = files[fed++]->packed;
      if (!packed.empty()) return packed;
    }
    return {};
  }

  static la_ssize_t on_read(archive* /*reader*/, void* state, const void** buffer) {
    const std::string_view piece = static_cast<State*>(state)->feed();
    *buffer = piece.data();
    return static_cast<la_ssize_t>(piece.size());
  }

  [[nodiscard]] base::Error damaged() const {
    return refusal.error(files[current]->path, "has content that is damaged");
  }
};

EntryReader::EntryReader(std::vector<const ZipEntry*> files, const Refusal& refusal)
    : state_(std::make_unique<State>(std::move(files), refusal)) {
  state_->reader.reset(archive_read_new());
  archive* const reader = state_->reader.get();
  if (reader == nullptr || archive_read_support_format_zip_streamable(reader) != ARCHIVE_OK ||
      archive_read_set_callback_data(reader, state_.get()) != ARCHIVE_OK ||
      archive_read_set_read_callback(reader, &State::on_read) != ARCHIVE_OK) {
    throw base::Error(base::ExitCode::kFailure, "cannot prepare the reading of ZIP archives")
        .with_hint("close other programs if memory is short");
  }
}

EntryReader::~EntryReader() = default;
EntryReader::EntryReader(EntryReader&&) noexcept = default;
EntryReader& EntryReader::operator=(EntryReader&&) noexcept = default;

std::string_view EntryReader::next() {
  State& state = *state_;
  archive* const reader = state.reader.get();
  if (state.current == 0 && archive_read_open1(reader) != ARCHIVE_OK) throw state.damaged();

  archive_entry* header = nullptr;
  if (archive_read_next_header(reader, &header) != ARCHIVE_OK) throw state.damaged();
  const std::size_t size = state.files[state.current]->size;
  state.content.resize(size);
  const la_ssize_t count = archive_read_data(reader, state.content.data(), size);
  // The end has to follow at once; only there are the CRC and the packed size checked.
  char beyond = 0;
  if (count != static_cast<la_ssize_t>(size) || archive_read_data(reader, &beyond, 1) != 0) {
    throw state.damaged();
  }
  ++state.current;
  return state.content;
}

std::string read_entry(const ZipEntry& file, const Refusal& refusal) {
  return std::string(EntryReader({&file}, refusal).next());
}

}  // namespace ensure::wheel
