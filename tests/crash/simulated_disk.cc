#include "tests/crash/simulated_disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include "tests/support/temp_dir.h"

namespace foia::testing {
namespace {

using Kind = JournalRecord::Kind;

// As in unsynced_shim.c.
struct Header {
  uint32_t kind, path_size, other_path_size, data_size;
  uint64_t inode, offset;
};

uint64_t InodeOf(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) std::abort();
  return info.st_ino;
}

}  // namespace

std::vector<JournalRecord> ReadJournal(const std::string& journal) {
  const std::string bytes = ReadFile(journal);
  std::vector<JournalRecord> records;
  size_t at = 0;
  const auto take = [&](size_t size) { return bytes.substr(std::exchange(at, at + size), size); };
  while (bytes.size() - at >= sizeof(Header)) {
    Header header{};
    std::memcpy(&header, bytes.data() + at, sizeof(header));
    const size_t size = size_t{header.path_size} + header.other_path_size + header.data_size;
    if (bytes.size() - at - sizeof(header) < size) break;
    at += sizeof(header);
    JournalRecord record{static_cast<Kind>(header.kind), header.inode, header.offset, {}, {}, {}};
    record.path = take(header.path_size);
    record.other_path = take(header.other_path_size);
    record.data = take(header.data_size);
    records.push_back(std::move(record));
  }
  return records;
}

void AppendMark(const std::string& journal, std::string_view text) {
  Header header{static_cast<uint32_t>(Kind::kMark), 0, 0, static_cast<uint32_t>(text.size()), 0, 0};
  std::string bytes(sizeof(header), '\0');
  std::memcpy(bytes.data(), &header, sizeof(header));
  bytes += text;
  const int file = open(journal.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
  close(file);
}

int RunUnderShim(const std::vector<std::string>& command, const std::string& root,
                 const std::string& journal, const std::string& faults) {
  const pid_t child = fork();
  if (child == 0) {
    setenv("LD_PRELOAD", FOIA_UNSYNCED_SHIM, 1);
    setenv("FOIA_UNSYNCED_ROOT", root.c_str(), 1);
    setenv("FOIA_UNSYNCED_JOURNAL", journal.c_str(), 1);
    const size_t equals = faults.find('=');
    if (equals != std::string::npos) {
      setenv(faults.substr(0, equals).c_str(), faults.c_str() + equals + 1, 1);
    }
    std::vector<char*> arguments;
    for (const std::string& argument : command) {
      arguments.push_back(const_cast<char*>(argument.c_str()));  // NOLINT: execv's type
    }
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = -1;
  if (waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

SimulatedDisk::SimulatedDisk(const std::string& root)
    : root_path_(root), root_(std::make_shared<Node>()) {
  Load(root, root_);
}

void SimulatedDisk::Load(const std::string& directory, const NodePtr& node) {
  node->is_directory = true;
  inodes_[InodeOf(directory)] = node;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string path = entry.path();
    NodePtr& child = inodes_[InodeOf(path)];
    if (child == nullptr) {  // else a second name of the same file
      child = std::make_shared<Node>();
      child->path = path.substr(root_path_.size() + 1);
      if (entry.is_directory()) {
        Load(path, child);
      } else {
        child->bytes = ReadFile(path);
      }
    }
    node->entries[entry.path().filename()] = child;
  }
  node->durable_entries = node->entries;
}

std::pair<SimulatedDisk::NodePtr, std::string> SimulatedDisk::Parent(
    const std::string& path) const {
  const auto relative =
      std::filesystem::path(path).lexically_normal().lexically_relative(root_path_);
  NodePtr node = root_;
  for (const auto& part : relative.parent_path()) node = node->entries.at(part);
  return {node, relative.filename()};
}

SimulatedDisk::NodePtr SimulatedDisk::Find(const std::string& path) const {
  const auto [directory, name] = Parent(path);
  return directory->entries.at(name);
}

void SimulatedDisk::Change(NameChange change) {
  for (const Edge& edge : change) {
    if (edge.node == nullptr) {
      edge.directory->entries.erase(edge.name);
    } else {
      edge.directory->entries[edge.name] = edge.node;
    }
  }
  pending_.push_back(std::move(change));
}

void SimulatedDisk::Sync(const NodePtr& node) {
  if (ignored_ && ignored_(node->path, node->is_directory)) return;
  if (!node->is_directory) {
    for (const JournalRecord& change : node->changes) {
      ApplyChange(change, change.data.size(), node->bytes);
    }
    node->changes.clear();
    return;
  }
  node->durable_entries = node->entries;
  for (NameChange& change : pending_) {
    std::erase_if(change, [&](const Edge& edge) { return edge.directory == node; });
  }
  std::erase_if(pending_, [](const NameChange& change) { return change.empty(); });
}

void SimulatedDisk::ApplyChange(const JournalRecord& change, size_t data_size, std::string& bytes) {
  if (change.kind == Kind::kTruncate) {
    bytes.resize(change.offset);
    return;
  }
  if (bytes.size() < change.offset + data_size) bytes.resize(change.offset + data_size);
  bytes.replace(change.offset, data_size, change.data, 0, data_size);
}

void SimulatedDisk::Apply(const JournalRecord& record) {
  switch (record.kind) {
    case Kind::kCreate:
    case Kind::kMakeDirectory: {
      const auto node = std::make_shared<Node>();
      node->is_directory = record.kind == Kind::kMakeDirectory;
      node->path = std::filesystem::path(record.path)
                       .lexically_normal()
                       .lexically_relative(root_path_)
                       .string();
      inodes_[record.inode] = node;
      const auto [directory, name] = Parent(record.path);
      Change({{directory, name, node}});
      break;
    }
    case Kind::kWrite:
    case Kind::kTruncate:
      if (const auto node = inodes_.find(record.inode); node != inodes_.end()) {
        node->second->changes.push_back(record);
      }
      break;
    case Kind::kSync:
      if (const auto node = inodes_.find(record.inode); node != inodes_.end()) Sync(node->second);
      break;
    case Kind::kRename: {
      const auto [from, from_name] = Parent(record.path);
      const auto [to, to_name] = Parent(record.other_path);
      const NodePtr node = from->entries.at(from_name);
      if (to->entries.count(to_name) > 0 && to->entries.at(to_name) == node) break;
      Change({{to, to_name, node}, {from, from_name, nullptr}});
      break;
    }
    case Kind::kLink: {
      const auto [to, to_name] = Parent(record.other_path);
      Change({{to, to_name, Find(record.path)}});
      break;
    }
    case Kind::kUnlink: {
      const auto [directory, name] = Parent(record.path);
      Change({{directory, name, nullptr}});
      break;
    }
    case Kind::kMark:
      marks_.push_back(record.data);
      break;
  }
}

void SimulatedDisk::WriteTo(const std::string& directory, Mode mode, std::mt19937& random) const {
  // The names. A rename happens as a whole or not at all, unless one of its folders was synced.
  std::map<const Node*, Entries> names;
  const auto names_of = [&](const NodePtr& node) -> Entries& {
    return names.try_emplace(node.get(), node->durable_entries).first->second;
  };
  if (mode != Mode::kNothing) {
    std::set<const Node*> stopped;
    for (const NameChange& change : pending_) {
      bool stop = mode == Mode::kSome && random() % 8 == 0;
      for (const Edge& edge : change) stop = stop || stopped.count(edge.directory.get()) > 0;
      for (const Edge& edge : change) {
        if (stop) {
          stopped.insert(edge.directory.get());
        } else if (edge.node == nullptr) {
          names_of(edge.directory).erase(edge.name);
        } else {
          names_of(edge.directory)[edge.name] = edge.node;
        }
      }
    }
  }
  const auto bytes_of = [&](const Node& node) {
    std::string bytes = node.bytes;
    size_t kept = 0;
    if (mode == Mode::kAll) kept = node.changes.size();
    if (mode == Mode::kSome) kept = random() % (node.changes.size() + 1);
    for (size_t i = 0; i < kept; ++i) {
      size_t size = node.changes[i].data.size();
      if (mode == Mode::kSome && i + 1 == kept) size = random() % (size + 1);
      ApplyChange(node.changes[i], size, bytes);
    }
    return bytes;
  };
  std::map<const Node*, std::string> written;  // a second name is a hard link again
  const std::function<void(const NodePtr&, const std::string&)> write = [&](const NodePtr& node,
                                                                            const std::string& to) {
    std::filesystem::create_directories(to);
    for (const auto& [name, child] : names_of(node)) {
      const std::string path = to + "/" + name;
      if (child->is_directory) {
        write(child, path);
      } else if (const auto [first, fresh] = written.try_emplace(child.get(), path); fresh) {
        WriteFile(path, bytes_of(*child));
      } else {
        std::filesystem::create_hard_link(first->second, path);
      }
    }
  };
  write(root_, directory);
}

}  // namespace foia::testing
