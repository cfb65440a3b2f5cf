// Indexing and searching synthetic pages in RocksDB. Words follow Zipf's law over 200,000 forms and
// one word in five hundred is noise of its own, as OCR makes it.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "services/search/query/search.h"
#include "storage/index/index.h"
#include "storage/kv/rocksdb_store.h"

namespace foia {
namespace {

constexpr uint32_t kPagesPerDocument = 50;
constexpr uint32_t kWordsPerPage = 300;
constexpr uint32_t kPages = 20000;

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

class Text {
 public:
  std::string Word() {
    const double u = std::uniform_real_distribution<double>(0, 1)(random_);
    if (random_() % 500 == 0) return Spell(random_());
    return Spell(static_cast<uint32_t>(std::exp(u * std::log(200000.0))));
  }
  storage::IndexedPage Page(uint32_t number) {
    storage::IndexedPage page;
    page.document = "d" + std::to_string(number / kPagesPerDocument);
    page.page = number % kPagesPerDocument + 1;
    for (uint32_t i = 0; i < kWordsPerPage; ++i) page.words.push_back({Word()});
    if (number % 4 == 0) page.redactions.push_back({number % kWordsPerPage, {"b6", "b7C"}});
    return page;
  }
  // The nth most frequent word.
  static std::string Spell(uint64_t number) {
    std::string word;
    for (number += 100; number > 0; number /= 20) word += "bcdfghjklmnprstvwaei"[number % 20];
    return word;
  }

 private:
  std::mt19937 random_{42};
};

struct Database {
  std::filesystem::path directory;
  std::unique_ptr<storage::KeyValueStore> store;
  std::unique_ptr<storage::Index> index;

  explicit Database(const std::string& name)
      : directory(std::filesystem::temp_directory_path() /
                  ("foia-index-bench-" + name + std::to_string(::getpid()))) {
    auto opened = storage::OpenRocksDb({directory.string()});
    Check(opened.status());
    store = std::move(*opened);
    auto index_or = storage::Index::Open(store.get());
    Check(index_or.status());
    index = std::move(*index_or);
  }
  ~Database() {
    index.reset();
    store.reset();
    std::filesystem::remove_all(directory);
  }

  void Add(Text& text, uint32_t first, uint32_t count) {
    auto writer = index->NewWriter();
    Check(writer.status());
    for (uint32_t i = first; i < first + count; ++i) {
      const storage::IndexedPage page = text.Page(i);
      if (i == first || page.page == 1)
        Check((*writer)->PutDocument({page.document, "public", {}}));
      Check((*writer)->PutPage(page));
    }
    Check((*writer)->Commit());
  }
};

// Pages per second with so many pages in each commit; making the text is included.
void BM_Index(benchmark::State& state) {
  const auto batch = static_cast<uint32_t>(state.range(0));
  Database database("write");
  Text text;
  uint32_t next = 0;
  for (auto _ : state) {
    database.Add(text, next, batch);
    next += batch;
  }
  state.SetItemsProcessed(next);
}
BENCHMARK(BM_Index)->Arg(1)->Arg(50)->Arg(250)->Unit(benchmark::kMillisecond);

// Made by the first search; a static object, so that its folder goes at exit.
Database& Filled() {
  static Database database("read");
  static bool filled = false;
  if (!filled) {
    Text text;
    for (uint32_t i = 0; i < kPages; i += 250) database.Add(text, i, 250);
    filled = true;
  }
  return database;
}

void BM_Search(benchmark::State& state, const std::string& text) {
  Database& database = Filled();
  const auto query = search::ParseQuery(text);
  Check(query.status());
  uint64_t pages = 0;
  for (auto _ : state) {
    auto reader = database.index->NewReader();
    Check(reader.status());
    const auto result = search::Search(**reader, *query, {{"public"}});
    Check(result.status());
    pages = result->total_pages;
  }
  state.counters["pages"] = static_cast<double>(pages);
}

void Register() {
  const std::string common = Text::Spell(30);
  const std::string middle = Text::Spell(1000);
  const std::string rare = Text::Spell(50000);
  const struct {
    const char* name;
    std::string query;
  } cases[] = {
      {"term_common", common},
      {"term_middle", middle},
      {"term_rare", rare},
      {"and", common + " " + middle},
      {"or", common + " OR " + middle},
      {"phrase", "\"" + common + " " + Text::Spell(31) + "\""},
      {"near", common + " NEAR/5 " + middle},
      {"near_redaction", common + " NEAR/5 [b7C]"},
      {"exemption", "exemption:b7 " + middle},
      {"prefix_3", middle.substr(0, 3) + "*"},
      {"fuzzy_1", rare + "~"},
      {"fuzzy_2", Text::Spell(4000000) + "~2"},
      {"missing_word", "zzyzzxq"},
  };
  for (const auto& test : cases) {
    benchmark::RegisterBenchmark((std::string("BM_Search/") + test.name).c_str(), BM_Search,
                                 test.query)
        ->Unit(benchmark::kMicrosecond);
  }
}
const bool registered = (Register(), true);

}  // namespace
}  // namespace foia
