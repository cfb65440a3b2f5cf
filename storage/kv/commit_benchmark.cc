// Synced commits a second by 1 to 32 threads: they rise with the threads as long as the engine can
// sync several commits as one group.
#include <atomic>
#include <cstdlib>
#include <filesystem>

#include "benchmark/benchmark.h"
#include "storage/kv/rocksdb_store.h"

namespace foia::storage {
namespace {

class Commits : public benchmark::Fixture {
 public:
  void SetUp(const benchmark::State& state) override {
    if (state.thread_index() != 0) return;
    std::string pattern = (std::filesystem::temp_directory_path() / "foia-bench-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    directory_ = pattern;
    store_ = std::move(OpenRocksDb({.directory = directory_})).value();
  }
  void TearDown(const benchmark::State& state) override {
    if (state.thread_index() != 0) return;
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

 protected:
  void CommitAll(benchmark::State& state, bool conditional) {
    const std::string value(1000, 'v');
    for (auto _ : state) {
      const std::string key = "key/" + std::to_string(next_++);
      WriteBatch batch;
      batch.Put(key, value);
      std::vector<Precondition> preconditions;
      if (conditional) preconditions.push_back(Precondition::KeyAbsent(key));
      if (!store_->Commit(batch, preconditions).ok()) std::abort();
    }
    state.SetItemsProcessed(state.iterations());
  }

 private:
  std::string directory_;
  std::unique_ptr<KeyValueStore> store_;
  std::atomic<int> next_ = 0;
};

BENCHMARK_DEFINE_F(Commits, Plain)(benchmark::State& state) { CommitAll(state, false); }
BENCHMARK_DEFINE_F(Commits, Conditional)(benchmark::State& state) { CommitAll(state, true); }
BENCHMARK_REGISTER_F(Commits, Plain)->ThreadRange(1, 32)->UseRealTime();
BENCHMARK_REGISTER_F(Commits, Conditional)->ThreadRange(1, 32)->UseRealTime();

}  // namespace
}  // namespace foia::storage
