// The floor: writes the files of an environment from memory with two threads, and does nothing
// else. No tool that makes the same files can be faster.
//
//     floor SOURCE TARGET
//
// Reads the tree SOURCE, then writes it to TARGET, which is not there yet, and prints the
// milliseconds that the writing took.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace fs = std::filesystem;

namespace {

struct File {
  std::string path;
  std::string content;
  mode_t mode;
};

struct Tree {
  std::vector<std::string> directories;
  std::vector<File> files;
  std::vector<std::pair<std::string, std::string>> links;
};

Tree read_tree(const fs::path& source, const std::string& target) {
  Tree tree;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(source)) {
    const std::string path = target + "/" + entry.path().lexically_relative(source).native();
    if (entry.is_symlink()) {
      tree.links.emplace_back(fs::read_symlink(entry.path()), path);
    } else if (entry.is_directory()) {
      tree.directories.push_back(path);
    } else {
      std::ifstream stream(entry.path(), std::ios::binary);
      const mode_t mode = static_cast<mode_t>(entry.status().permissions());
      tree.files.push_back({path, {std::istreambuf_iterator<char>(stream), {}}, mode});
    }
  }
  return tree;
}

void write_file(const File& file) {
  const int descriptor =
      open(file.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file.mode);
  const ssize_t written = write(descriptor, file.content.data(), file.content.size());
  if (written != static_cast<ssize_t>(file.content.size())) std::perror(file.path.c_str());
  close(descriptor);
}

/// Neighbours in a directory stay together: two threads in one directory wait for its lock.
void write_files(const std::vector<File>& files) {
  constexpr std::size_t kChunk = 32;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t begin = next.fetch_add(kChunk); begin < files.size();
         begin = next.fetch_add(kChunk)) {
      for (std::size_t i = begin; i < std::min(begin + kChunk, files.size()); ++i) {
        write_file(files[i]);
      }
    }
  };
  std::thread second(work);
  work();
  second.join();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const Tree tree = read_tree(argv[1], argv[2]);
  const auto begin = std::chrono::steady_clock::now();
  fs::create_directory(argv[2]);
  for (const std::string& directory : tree.directories) mkdir(directory.c_str(), 0777);
  write_files(tree.files);
  for (const auto& [leads_to, path] : tree.links) fs::create_symlink(leads_to, path);
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
  std::printf("measured %.3f 0\n", taken.count());
  return 0;
}
