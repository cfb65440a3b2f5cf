// The disk as it is after a power loss: what was synced, and of the rest whatever the mode says.
//
// A program runs under unsynced_shim.c, which records every change below its data folder. The test
// (or the program itself) marks in the same journal what was acknowledged, with AppendMark, after
// the answer came. Replaying the journal up to any record gives the disk and the promises of that
// moment:
//
//   SimulatedDisk disk(data);                       // before the program starts
//   RunUnderShim({program, data}, data, journal);   // or start foiad as unsynced_shim.c shows
//   for (const JournalRecord& record : ReadJournal(journal)) {
//     disk.Apply(record);
//     if (cut) disk.WriteTo(elsewhere, mode, random);  // open it, check every disk.marks()
//   }
//
// Names are durable when their folder was synced, bytes when their file was; nothing else is, as
// POSIX has it. Not safe for concurrent use, but AppendMark is.
#ifndef FOIA_TESTS_CRASH_SIMULATED_DISK_H_
#define FOIA_TESTS_CRASH_SIMULATED_DISK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace foia::testing {

struct JournalRecord {
  enum class Kind : uint32_t {
    kCreate = 1,
    kMakeDirectory,
    kWrite,
    kTruncate,
    kSync,
    kRename,
    kLink,
    kUnlink,
    kMark
  };
  Kind kind;
  uint64_t inode;
  uint64_t offset;  // kTruncate: the new size
  std::string path;
  std::string other_path;
  std::string data;
};

// The records of a journal; one that was cut off at the end is left out.
std::vector<JournalRecord> ReadJournal(const std::string& journal);

// Adds a promise to the journal.
void AppendMark(const std::string& journal, std::string_view text);

// Runs a program under the shim and waits for it. `faults`: "FOIA_UNSYNCED_SPACE=N" and the like,
// see unsynced_shim.c. Returns the exit code, negative when a signal ended it.
int RunUnderShim(const std::vector<std::string>& command, const std::string& root,
                 const std::string& journal, const std::string& faults = "");

class SimulatedDisk {
 public:
  // What becomes of changes that were not synced.
  enum class Mode {
    kNothing,  // all are lost
    kSome,     // of each file and folder those up to a random moment, the last write cut anywhere
    kAll       // none is lost, as when the process is killed and the machine goes on
  };

  // Starts from the folder as it is, all of it durable.
  explicit SimulatedDisk(const std::string& root);
  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;

  // From now on syncs of these do nothing; for tests that a test would notice. The path is relative
  // to the root, and that under which the file was made.
  using SyncFilter = std::function<bool(const std::string& path, bool is_directory)>;
  void IgnoreSyncs(SyncFilter filter) { ignored_ = std::move(filter); }

  void Apply(const JournalRecord& record);
  // Writes the disk after a power loss now into a new folder.
  void WriteTo(const std::string& directory, Mode mode, std::mt19937& random) const;
  // All marks so far.
  const std::vector<std::string>& marks() const { return marks_; }

 private:
  struct Node;
  using NodePtr = std::shared_ptr<Node>;
  using Entries = std::map<std::string, NodePtr>;

  struct Node {
    bool is_directory = false;
    std::string path;
    // Files: the synced bytes, and what was done since.
    std::string bytes;
    std::vector<JournalRecord> changes;
    // Folders: as programs see it, and as it was synced.
    Entries entries;
    Entries durable_entries;
  };

  // One name set or, with a null node, removed.
  struct Edge {
    NodePtr directory;
    std::string name;
    NodePtr node;
  };
  // The edges of one call.
  using NameChange = std::vector<Edge>;

  void Load(const std::string& directory, const NodePtr& node);
  // The folder a path lies in, and its last part.
  std::pair<NodePtr, std::string> Parent(const std::string& path) const;
  NodePtr Find(const std::string& path) const;
  void Change(NameChange change);
  void Sync(const NodePtr& node);
  static void ApplyChange(const JournalRecord& change, size_t data_size, std::string& bytes);

  std::string root_path_;
  NodePtr root_;
  std::map<uint64_t, NodePtr> inodes_;
  std::vector<NameChange> pending_;  // not yet durable, oldest first
  std::vector<std::string> marks_;
  SyncFilter ignored_;
};

}  // namespace foia::testing

#endif  // FOIA_TESTS_CRASH_SIMULATED_DISK_H_
