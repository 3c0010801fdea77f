#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "installer/base/digest.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// A wheel that is made of strings, with one part for each of its top-level directories.
class MemoryWheel final : public wheel::WheelSource {
 public:
  struct File {
    std::string path;
    std::string content;
    bool executable = false;
    bool bytecode = false;
  };

  explicit MemoryWheel(const std::string& project = "demo", const std::string& release = "1.0")
      : name_(specs::PackageName::parse(project)),
        version_(specs::Version::parse(release)),
        dist_info_(project + "-" + release + ".dist-info") {
    add(dist_info_ + "/WHEEL",
        "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
    add(dist_info_ + "/METADATA", "Metadata-Version: 2.1\n");
  }

  MemoryWheel& add(const std::string& path, const std::string& content, bool executable = false) {
    files_[path] = {path, content, executable, false};
    rows_[path] = "sha256=" + base::to_base64url(base::sha256(content)) + "," +
                  std::to_string(content.size());
    return *this;
  }

  MemoryWheel& add_bytecode(const std::string& path, const std::string& content) {
    files_[path] = {path, content, false, true};
    return *this;
  }

  MemoryWheel& remove(const std::string& path) {
    files_.erase(path);
    return *this;
  }

  MemoryWheel& remove_row(const std::string& path) {
    rows_.erase(path);
    return *this;
  }

  MemoryWheel& finish() {
    std::string record;
    for (const auto& [path, rest] : rows_) record += path + "," + rest + "\n";
    record += dist_info_ + "/RECORD,,\n";
    files_[dist_info_ + "/RECORD"] = {dist_info_ + "/RECORD", record, false, false};
    std::map<std::string, std::vector<File>> parts;
    for (const auto& [path, file] : files_) unpacked_size_ += file.content.size();
    for (const auto& [path, file] : files_) parts[path.substr(0, path.find('/'))].push_back(file);
    for (auto& [top, files] : parts) parts_.push_back(files);
    return *this;
  }

  [[nodiscard]] const specs::PackageName& name() const override { return name_; }
  [[nodiscard]] const specs::Version& version() const override { return version_; }
  [[nodiscard]] const std::string& dist_info() const override { return dist_info_; }
  [[nodiscard]] std::optional<std::string> dist_info_file(std::string_view name) const override {
    const auto found = files_.find(dist_info_ + "/" + std::string(name));
    return found == files_.end() ? std::nullopt : std::optional(found->second.content);
  }
  [[nodiscard]] std::uint64_t unpacked_size() const override { return unpacked_size_; }
  [[nodiscard]] std::size_t part_count() const override { return parts_.size(); }
  void read_part(std::size_t part, const Visitor& visit) const override {
    for (const File& file : parts_[part]) {
      visit({file.path, file.content, file.executable, file.bytecode});
    }
  }

  /// Before `finish`: a size to begin with.
  MemoryWheel& set_unpacked_size(std::uint64_t size) {
    unpacked_size_ = size;
    return *this;
  }

  /// For benchmarks: the parts as they are to be.
  std::vector<std::vector<File>>& parts() { return parts_; }

 private:
  specs::PackageName name_;
  specs::Version version_;
  std::string dist_info_;
  std::map<std::string, File> files_;
  std::map<std::string, std::string> rows_;
  std::vector<std::vector<File>> parts_;
  std::uint64_t unpacked_size_ = 0;
};

}  // namespace ensure::install
