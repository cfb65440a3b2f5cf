// Acknowledged means durable: a program works on a key-value store and a blob store, the power goes
// at a random moment, what was not synced is lost, and every promise made before must hold. The
// next generation of the program then works on what is left.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/base/crypto.h"
#include "services/base/strings.h"
#include "storage/blob/blob_store.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/crash/simulated_disk.h"
#include "tests/crash/workload.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia {
namespace {

using storage::ScanOptions;
using testing::ContentOf;
using ::testing::Each;
using ::testing::IsEmpty;
using testing::JournalRecord;
using ::testing::Not;
using testing::SimulatedDisk;
using testing::TempDir;
using Mode = SimulatedDisk::Mode;
using Violations = std::vector<std::string>;

std::string IdOf(const std::string& bytes) { return HexEncode(Sha256(bytes)); }

// What the marks promise.
struct Promises {
  std::set<std::string> pairs;
  std::set<std::string> maybe_deleted;
  std::set<std::string> deleted;
  std::set<std::string> blobs;
  std::map<std::string, size_t> staged;
  std::map<std::string, int> checkpoints;
  int counter = 0;

  explicit Promises(const std::vector<std::string>& marks) {
    for (const std::string& mark : marks) {
      const std::vector<std::string> words = absl::StrSplit(mark, ' ');
      if (words[0] == "pair") pairs.insert(words[1]);
      if (words[0] == "delete") maybe_deleted.insert(words[1]);
      if (words[0] == "deleted") deleted.insert(words[1]);
      if (words[0] == "counter") counter = std::max(counter, std::stoi(words[1]));
      if (words[0] == "blob") blobs.insert(words[1]);
      if (words[0] == "staged") staged[words[1]] = std::stoul(words[2]);
      if (words[0] == "checkpoint") checkpoints[words[1]] = std::stoi(words[2]);
    }
  }
};

class Checker {
 public:
  Checker(std::string data, const std::vector<std::string>& marks)
      : data_(std::move(data)), promises_(marks) {}

  // Opens what is left and returns every promise that was broken.
  Violations Run() {
    auto store = storage::OpenRocksDb({.directory = data_ + "/kv"});
    auto blobs = storage::OpenDirectoryBlobStore(data_ + "/blobs", data_ + "/tmp");
    if (!store.ok() || !blobs.ok()) {
      Violate(store.status().ToString() + " " + blobs.status().ToString());
      return violations_;
    }
    CheckPairs(**store);
    CheckCounter(**store, promises_.counter, "counter");
    CheckBlobs(**store, **blobs);
    CheckStaging(**blobs);
    CheckCheckpoints();
    return violations_;
  }

 private:
  void Violate(const std::string& text) { violations_.push_back(text); }

  void CheckPairs(storage::KeyValueStore& store) {
    std::set<std::string> found[2];
    for (const int half : {0, 1}) {
      const std::string prefix = half == 0 ? "pair/a/" : "pair/b/";
      auto it = store.Scan(ScanOptions::Prefix(prefix));
      for (; it->Valid(); it->Next()) {
        const std::string name(it->key().substr(prefix.size()));
        found[half].insert(name);
        if (it->value() != ContentOf(name)) Violate("wrong value of " + prefix + name);
      }
      if (!it->status().ok()) Violate(it->status().ToString());
    }
    if (found[0] != found[1]) Violate("half of a batch is visible");
    for (const std::string& name : promises_.pairs) {
      if (found[0].count(name) == 0 && promises_.maybe_deleted.count(name) == 0) {
        Violate("lost pair " + name);
      }
    }
    for (const std::string& name : promises_.deleted) {
      if (found[0].count(name) > 0) Violate("deleted pair is back: " + name);
    }
  }

  void CheckCounter(storage::KeyValueStore& store, int promised, const std::string& where) {
    const auto value = store.Get("counter");
    if (!value.ok()) return Violate(value.status().ToString());
    const int counter = value->has_value() ? std::stoi(**value) : 0;
    if (counter < promised) Violate(absl::StrCat("lost counts of ", where, ": ", counter));
    int entries = 0;
    for (auto it = store.Scan(ScanOptions::Prefix("count/")); it->Valid(); it->Next()) ++entries;
    if (entries != counter) Violate(absl::StrCat(where, " ", counter, " has entries ", entries));
  }

  void CheckBlobs(storage::KeyValueStore& store, storage::BlobStore& blobs) {
    const absl::Status visited = blobs.ForEach([&](std::string_view id) {
      const absl::Status status = blobs.Verify(id);  // acknowledged or not: whole or not there
      if (!status.ok()) Violate(status.ToString());
      return absl::OkStatus();
    });
    if (!visited.ok()) Violate(visited.ToString());
    auto it = store.Scan(ScanOptions::Prefix("document/"));
    for (; it->Valid(); it->Next()) {
      const auto size = blobs.Size(it->key().substr(9));
      if (!size.ok() || std::to_string(*size) != it->value()) {
        Violate("record without its blob: " + std::string(it->key()));
      }
    }
    for (const std::string& name : promises_.blobs) {
      const std::string bytes = ContentOf(name);
      const auto read = blobs.Read(IdOf(bytes), 0, bytes.size());
      if (!read.ok() || *read != bytes) Violate("lost blob " + name);
      const auto record = store.Get("document/" + IdOf(bytes));
      if (!record.ok() || !record->has_value()) Violate("lost record of blob " + name);
    }
  }

  void CheckStaging(storage::BlobStore& blobs) {
    for (const auto& [name, size] : promises_.staged) {
      const auto staging = blobs.OpenStaging(name);
      if (!staging.ok()) {
        Violate(staging.status().ToString());
      } else if ((*staging)->size() < size ||
                 testing::ReadFile(absl::StrCat(data_, "/tmp/", name, ".staging"))
                         .substr(0, size) != ContentOf(name).substr(0, size)) {
        Violate("lost staged bytes of " + name);
      }
    }
  }

  void CheckCheckpoints() {
    for (const auto& [path, counter] : promises_.checkpoints) {
      const auto store = storage::OpenRocksDb({.directory = data_ + "/" + path});
      if (store.ok()) {
        CheckCounter(**store, counter, path);
      } else {
        Violate(store.status().ToString());
      }
    }
  }

  const std::string data_;
  const Promises promises_;
  Violations violations_;
};

int RunWorkload(const TempDir& dir, const std::string& data, int generation, int rounds,
                const std::string& faults = "") {
  std::filesystem::remove(dir / "journal");
  return testing::RunUnderShim({FOIA_CRASH_WORKLOAD, data, dir / "journal",
                                std::to_string(generation), "4", std::to_string(rounds)},
                               data, dir / "journal", faults);
}

// FOIA_CRASH_SEEDS=FIRST:COUNT chooses others, for a longer search.
std::vector<uint32_t> Seeds() {
  const char* text = std::getenv("FOIA_CRASH_SEEDS");
  const std::vector<std::string> parts = absl::StrSplit(text == nullptr ? "1:5" : text, ':');
  std::vector<uint32_t> seeds;
  for (int i = 0; i < std::stoi(parts.at(1)); ++i) {
    seeds.push_back(static_cast<uint32_t>(std::stoi(parts[0]) + i));
  }
  return seeds;
}

constexpr int kGenerations = 4;
constexpr int kCutsPerGeneration = 10;

class UnsyncedDataTest : public ::testing::TestWithParam<uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, UnsyncedDataTest, ::testing::ValuesIn(Seeds()));

TEST_P(UnsyncedDataTest, EveryPromiseHoldsAfterPowerLoss) {
  std::mt19937 random(GetParam());
  const TempDir dir;
  std::string data = dir / "generation0";
  std::filesystem::create_directory(data);
  std::vector<std::string> old_marks;
  for (int generation = 0; generation < kGenerations; ++generation) {
    SimulatedDisk disk(data);
    ASSERT_EQ(RunWorkload(dir, data, generation, 15), 0);
    const std::vector<JournalRecord> records = testing::ReadJournal(dir / "journal");
    ASSERT_FALSE(records.empty());
    std::set<size_t> cuts;
    while (cuts.size() < kCutsPerGeneration) cuts.insert(random() % (records.size() + 1));
    const size_t last_cut = *std::next(cuts.begin(), random() % kCutsPerGeneration);
    const std::string next = dir / absl::StrCat("generation", generation + 1);
    std::vector<std::string> next_marks;
    for (size_t i = 0; i <= records.size(); ++i) {
      if (cuts.count(i) > 0) {
        std::vector<std::string> marks = old_marks;
        marks.insert(marks.end(), disk.marks().begin(), disk.marks().end());
        const Mode mode = static_cast<Mode>(random() % 3);
        SCOPED_TRACE(absl::StrCat("generation ", generation, ", cut ", i, " of ", records.size(),
                                  ", mode ", static_cast<int>(mode)));
        if (i == last_cut) {
          disk.WriteTo(next, Mode::kSome, random);
          next_marks = marks;
        }
        disk.WriteTo(dir / "cut", mode, random);
        EXPECT_THAT(Checker(dir / "cut", marks).Run(), IsEmpty());
        std::filesystem::remove_all(dir / "cut");
      }
      if (i < records.size()) disk.Apply(records[i]);
    }
    data = next;
    old_marks = next_marks;
  }
}

// Would the test notice? Each row leaves out the syncs of some files or folders.
TEST(UnsyncedDataDetectionTest, MissingSyncsAreNoticed) {
  const TempDir dir;
  const std::string data = dir / "data";
  std::filesystem::create_directory(data);
  const struct {
    const char* what;
    SimulatedDisk::SyncFilter ignored;
    bool noticed;
  } cases[] = {
      {"none", [](const std::string&, bool) { return false; }, false},
      {"the write-ahead log",
       [](const std::string& path, bool) {
         return path.starts_with("kv/") && path.ends_with(".log");
       },
       true},
      {"tables", [](const std::string& path, bool) { return path.ends_with(".sst"); }, true},
      {"the folder of the key-value store",
       [](const std::string& path, bool) { return path == "kv"; }, true},
      {"staged bytes", [](const std::string& path, bool) { return path.starts_with("tmp/"); },
       true},
      {"the folder of staging areas", [](const std::string& path, bool) { return path == "tmp"; },
       true},
      {"the folders that blobs lie in",
       [](const std::string& path, bool) {
         return path.starts_with("blobs/") && path.size() == 11;
       },
       true},
      {"the upper folders of blobs",
       [](const std::string& path, bool) { return path.starts_with("blobs/") && path.size() == 8; },
       true},
      {"the folder of all blobs", [](const std::string& path, bool) { return path == "blobs"; },
       true},
      {"the data folder", [](const std::string& path, bool) { return path.empty(); }, true},
  };
  std::vector<std::unique_ptr<SimulatedDisk>> disks;  // each starts from the empty folder
  for (size_t i = 0; i < std::size(cases); ++i) {
    disks.push_back(std::make_unique<SimulatedDisk>(data));
  }
  ASSERT_EQ(RunWorkload(dir, data, 0, 40), 0);
  const std::vector<JournalRecord> records = testing::ReadJournal(dir / "journal");
  for (size_t i = 0; i < std::size(cases); ++i) {
    const auto& c = cases[i];
    SCOPED_TRACE(c.what);
    SimulatedDisk& disk = *disks[i];
    disk.IgnoreSyncs(c.ignored);
    for (const JournalRecord& record : records) disk.Apply(record);
    std::mt19937 random(1);
    disk.WriteTo(dir / "cut", Mode::kNothing, random);
    const Violations violations = Checker(dir / "cut", disk.marks()).Run();
    EXPECT_EQ(!violations.empty(), c.noticed) << ::testing::PrintToString(violations);
    std::filesystem::remove_all(dir / "cut");
  }
}

// The disk fills up, or fails, at different moments. What was acknowledged stays readable, in the
// process that met the error and after power loss; nothing is half there.
struct Fault {
  std::string faults;
  Reason reason;
};

class FailingDiskTest : public ::testing::TestWithParam<Fault> {};
INSTANTIATE_TEST_SUITE_P(
    Faults, FailingDiskTest,
    ::testing::Values(Fault{"FOIA_UNSYNCED_SPACE=200000", Reason::REASON_STORAGE_FULL},
                      Fault{"FOIA_UNSYNCED_SPACE=500000", Reason::REASON_STORAGE_FULL},
                      Fault{"FOIA_UNSYNCED_SPACE=900000", Reason::REASON_STORAGE_FULL},
                      Fault{"FOIA_UNSYNCED_SPACE=903000", Reason::REASON_STORAGE_FULL},
                      Fault{"FOIA_UNSYNCED_SYNCS=100", Reason::REASON_STORAGE_READ_ONLY},
                      Fault{"FOIA_UNSYNCED_SYNCS=201", Reason::REASON_STORAGE_READ_ONLY},
                      Fault{"FOIA_UNSYNCED_SYNCS=302", Reason::REASON_STORAGE_READ_ONLY}),
    [](const auto& test) { return test.param.faults.substr(14, 5) + std::to_string(test.index); });

TEST_P(FailingDiskTest, RefusesAndKeepsWhatWasAcknowledged) {
  const TempDir dir;
  const std::string data = dir / "data";
  std::filesystem::create_directory(data);
  SimulatedDisk disk(data);
  ASSERT_EQ(RunWorkload(dir, data, 0, 1000, GetParam().faults), 0);
  for (const JournalRecord& record : testing::ReadJournal(dir / "journal")) disk.Apply(record);
  std::vector<std::string> refusals;
  for (const std::string& mark : disk.marks()) {
    if (mark.starts_with("refused ")) refusals.push_back(mark);
  }
  EXPECT_THAT(refusals, Not(IsEmpty()));
  EXPECT_THAT(refusals, Each("refused " + common::v1::Reason_Name(GetParam().reason)));
  EXPECT_THAT(Checker(data, disk.marks()).Run(), IsEmpty()) << "after a restart";
  std::mt19937 random(1);
  disk.WriteTo(dir / "cut", Mode::kNothing, random);
  EXPECT_THAT(Checker(dir / "cut", disk.marks()).Run(), IsEmpty()) << "after power loss";
}

}  // namespace
}  // namespace foia
