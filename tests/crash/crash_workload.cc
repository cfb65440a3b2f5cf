// crash_workload DATA JOURNAL GENERATION THREADS ROUNDS: works on a key-value store and a blob
// store below DATA, and marks in JOURNAL what was acknowledged:
//
//   pair NAME           pair/a/NAME and pair/b/NAME have ContentOf(NAME), written in one batch
//   delete NAME         the pair may be gone from here on (marked before)
//   deleted NAME        the pair is gone
//   counter N           the counter, raised by conditional commits, is N or more
//   blob NAME           the blob of ContentOf(NAME) and its record document/ID are there
//   staged NAME SIZE    SIZE bytes of ContentOf(NAME) are in the staging area NAME
//   checkpoint PATH N   the checkpoint at PATH is complete; its counter is N or more
//   refused REASON      a write was refused
//
// It stops at the first refused write, and then checks that reads go on.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "storage/blob/blob_store.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/crash/simulated_disk.h"
#include "tests/crash/workload.h"

namespace foia::testing {
namespace {

using storage::Precondition;
using storage::WriteBatch;

class Worker {
 public:
  Worker(storage::KeyValueStore& store, storage::BlobStore& blobs, std::string data,
         std::string journal, std::string prefix)
      : store_(store),
        blobs_(blobs),
        data_(std::move(data)),
        journal_(std::move(journal)),
        prefix_(std::move(prefix)),
        random_(static_cast<uint32_t>(std::hash<std::string>{}(prefix_))) {}

  absl::Status Run(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      const std::string name = absl::StrCat(prefix_, "r", round);
      switch (random_() % 10) {
        case 0:
        case 1:
          FOIA_RETURN_IF_ERROR(AddBlob(name));
          break;
        case 2:
          FOIA_RETURN_IF_ERROR(Stage(name));
          break;
        case 3:
        case 4:
          FOIA_RETURN_IF_ERROR(Count());
          break;
        case 5:
          FOIA_RETURN_IF_ERROR(DeletePair());
          break;
        case 6:
          if (random_() % 4 == 0) FOIA_RETURN_IF_ERROR(Checkpoint(name));
          break;
        default:
          FOIA_RETURN_IF_ERROR(AddPair(name));
      }
    }
    return absl::OkStatus();
  }

  // Whether this worker's own pairs can still be read.
  bool CanRead() {
    for (const std::string& name : pairs_) {
      const auto value = store_.Get("pair/a/" + name);
      if (!value.ok() || *value != ContentOf(name)) return false;
    }
    return true;
  }

 private:
  void Mark(std::string_view text) { AppendMark(journal_, text); }

  absl::Status AddPair(const std::string& name) {
    WriteBatch batch;
    batch.Put("pair/a/" + name, ContentOf(name));
    batch.Put("pair/b/" + name, ContentOf(name));
    FOIA_RETURN_IF_ERROR(store_.Commit(batch));
    Mark("pair " + name);
    pairs_.push_back(name);
    return absl::OkStatus();
  }

  absl::Status DeletePair() {
    if (pairs_.empty()) return absl::OkStatus();
    const std::string name = pairs_.back();
    pairs_.pop_back();
    Mark("delete " + name);
    WriteBatch batch;
    batch.Delete("pair/a/" + name);
    batch.DeleteRange("pair/b/" + name, "pair/b/" + name + '\0');
    FOIA_RETURN_IF_ERROR(store_.Commit(batch));
    Mark("deleted " + name);
    return absl::OkStatus();
  }

  absl::Status Count() {
    while (true) {
      FOIA_ASSIGN_OR_RETURN(const auto value, store_.Get("counter"));
      const int next = value.has_value() ? std::stoi(*value) + 1 : 1;
      WriteBatch batch;
      batch.Put("counter", std::to_string(next));
      batch.Put(absl::StrCat("count/", next), prefix_);
      const absl::Status status =
          store_.Commit(batch, {value.has_value() ? Precondition::KeyEquals("counter", *value)
                                                  : Precondition::KeyAbsent("counter")});
      if (status.code() == absl::StatusCode::kAborted) continue;
      FOIA_RETURN_IF_ERROR(status);
      Mark(absl::StrCat("counter ", next));
      return absl::OkStatus();
    }
  }

  absl::Status AddBlob(const std::string& name) {
    const std::string bytes = ContentOf(name);
    const std::string id = HexEncode(Sha256(bytes));
    FOIA_ASSIGN_OR_RETURN(const auto staging, blobs_.OpenStaging(name));
    FOIA_RETURN_IF_ERROR(staging->Append(bytes.substr(0, bytes.size() / 2)));
    FOIA_RETURN_IF_ERROR(staging->Append(bytes.substr(bytes.size() / 2)));
    FOIA_RETURN_IF_ERROR(staging->Finish(id, bytes.size()));
    WriteBatch batch;
    batch.Put("document/" + id, std::to_string(bytes.size()));
    FOIA_RETURN_IF_ERROR(store_.Commit(batch));
    Mark("blob " + name);
    return absl::OkStatus();
  }

  absl::Status Stage(const std::string& name) {
    const std::string bytes = ContentOf(name);
    FOIA_ASSIGN_OR_RETURN(const auto staging, blobs_.OpenStaging(name));
    for (size_t at = 0; at < bytes.size(); at += 5000) {
      FOIA_RETURN_IF_ERROR(staging->Append(bytes.substr(at, 5000)));
      Mark(absl::StrCat("staged ", name, " ", staging->size()));
    }
    return absl::OkStatus();
  }

  absl::Status Checkpoint(const std::string& name) {
    FOIA_ASSIGN_OR_RETURN(const auto value, store_.Get("counter"));
    FOIA_RETURN_IF_ERROR(store_.Checkpoint(absl::StrCat(data_, "/checkpoints/", name)));
    Mark(absl::StrCat("checkpoint checkpoints/", name, " ", value.value_or("0")));
    return absl::OkStatus();
  }

  storage::KeyValueStore& store_;
  storage::BlobStore& blobs_;
  const std::string data_;
  const std::string journal_;
  const std::string prefix_;
  std::mt19937 random_;
  std::vector<std::string> pairs_;
};

int Main(const std::string& data, const std::string& journal, const std::string& generation,
         int thread_count, int rounds) {
  auto store = storage::OpenRocksDb({.directory = data + "/kv"});
  auto blobs = storage::OpenDirectoryBlobStore(data + "/blobs", data + "/tmp");
  if (!store.ok() || !blobs.ok()) {
    std::fprintf(stderr, "%s %s\n", store.status().ToString().c_str(),
                 blobs.status().ToString().c_str());
    return 1;
  }
  std::atomic<bool> refused = false;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::thread> threads;
  for (int i = 0; i < thread_count; ++i) {
    workers.push_back(std::make_unique<Worker>(**store, **blobs, data, journal,
                                               absl::StrCat("g", generation, "t", i)));
    threads.emplace_back([&, worker = workers.back().get()] {
      const absl::Status status = worker->Run(rounds);
      if (status.ok()) return;
      refused = true;
      AppendMark(journal, "refused " + common::v1::Reason_Name(ReasonOf(status)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (!refused) return 0;

  for (const auto& worker : workers) {
    if (!worker->CanRead()) return 2;
  }
  WriteBatch batch;
  batch.Put("key", std::string(1u << 20, 'x'));
  const absl::Status status = (*store)->Commit(batch);
  AppendMark(journal, "refused " + common::v1::Reason_Name(ReasonOf(status)));
  return status.ok() || (*store)->Writable() ? 3 : 0;
}

}  // namespace
}  // namespace foia::testing

int main(int argc, char** argv) {
  if (argc != 6) return 64;
  return foia::testing::Main(argv[1], argv[2], argv[3], std::atoi(argv[4]), std::atoi(argv[5]));
}
