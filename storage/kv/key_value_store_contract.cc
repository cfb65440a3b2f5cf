#include "storage/kv/key_value_store_contract.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/base/strings.h"
#include "tests/support/status_matchers.h"

namespace foia::storage {
namespace {

using ::foia::testing::IsOkAndHolds;
using ::foia::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs Collect(KeyValueStore& store, const ScanOptions& options) {
  Pairs pairs;
  auto it = store.Scan(options);
  for (; it->Valid(); it->Next()) pairs.emplace_back(it->key(), it->value());
  EXPECT_OK(it->status());
  return pairs;
}

std::string Keys(KeyValueStore& store, const ScanOptions& options) {
  std::string keys;
  for (const auto& [key, value] : Collect(store, options)) keys += key;
  return keys;
}

absl::Status Put(KeyValueStore& store, std::string_view key, std::string_view value,
                 const std::vector<Precondition>& preconditions = {}) {
  WriteBatch batch;
  batch.Put(key, value);
  return store.Commit(batch, preconditions);
}

void RunThreads(int count, const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(body, i);
  for (std::thread& thread : threads) thread.join();
}

TEST_P(KeyValueStoreContract, GetsWhatWasPut) {
  EXPECT_TRUE(store_->Writable());
  EXPECT_THAT(store_->Get("a"), IsOkAndHolds(std::nullopt));
  const std::string binary("\0\xff\n\0", 4);
  ASSERT_OK(Put(*store_, binary, binary));
  ASSERT_OK(Put(*store_, "empty", ""));
  ASSERT_OK(Put(*store_, "large", std::string(3u << 20, 'x')));
  EXPECT_THAT(store_->Get(binary), IsOkAndHolds(Optional(binary)));
  EXPECT_THAT(store_->Get("empty"), IsOkAndHolds(Optional(std::string())));
  ASSERT_OK_AND_ASSIGN(auto large, store_->Get("large"));
  EXPECT_EQ(large->size(), 3u << 20);
}

TEST_P(KeyValueStoreContract, AppliesABatchInOrder) {
  ASSERT_OK(Put(*store_, "old", "1"));
  WriteBatch batch;
  batch.Put("a", "1");
  batch.Put("a", "2");
  batch.Delete("old");
  batch.Delete("never");
  batch.Put("b", "1");
  batch.DeleteRange("b", "c");
  batch.Put("bb", "kept");
  WriteBatch more;
  more.Put("z", "1");
  batch.Append(more);
  ASSERT_OK(store_->Commit(batch));
  EXPECT_THAT(Collect(*store_, {}),
              ElementsAre(Pair("a", "2"), Pair("bb", "kept"), Pair("z", "1")));
  EXPECT_OK(store_->Commit(WriteBatch()));
}

TEST_P(KeyValueStoreContract, DeletesARangeWithoutItsEnd) {
  for (const char* key : {"a", "b", "b\xff", "c", "d"}) ASSERT_OK(Put(*store_, key, "1"));
  WriteBatch batch;
  batch.DeleteRange("b", "c");
  batch.DeleteRange("d", "a");  // nothing lies in it
  batch.DeleteRange("d", "d");
  ASSERT_OK(store_->Commit(batch));
  EXPECT_EQ(Keys(*store_, {}), "acd");
}

TEST_P(KeyValueStoreContract, ScansRanges) {
  for (const char* key : {"a", "b", "c", "d"}) ASSERT_OK(Put(*store_, key, key));
  const struct {
    std::string begin, end, keys;
  } cases[] = {
      {"", "", "abcd"}, {"b", "", "bcd"}, {"", "c", "ab"}, {"b", "d", "bc"}, {"aa", "cc", "bc"},
      {"b", "b", ""},   {"d", "b", ""},   {"e", "", ""},   {"", "a", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.begin + ".." + c.end);
    EXPECT_EQ(Keys(*store_, {.begin = c.begin, .end = c.end}), c.keys);
    EXPECT_EQ(Keys(*store_, {.begin = c.begin, .end = c.end, .reverse = true}),
              std::string(c.keys.rbegin(), c.keys.rend()));
  }
}

TEST_P(KeyValueStoreContract, SeeksInTheDirectionOfTheScan) {
  for (const char* key : {"b", "d", "f", "h"}) ASSERT_OK(Put(*store_, key, key));
  const struct {
    bool reverse;
    std::string target, found;
  } cases[] = {
      {false, "d", "d"}, {false, "e", "f"}, {false, "a", "d"}, {false, "g", ""},
      {false, "z", ""},  {true, "d", "d"},  {true, "e", "d"},  {true, "z", "f"},
      {true, "c", ""},   {true, "a", ""},   {false, "", "d"},  {true, "h", "f"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(absl::StrCat(c.target, c.reverse ? " reverse" : ""));
    auto it = store_->Scan({.begin = "c", .end = "h", .reverse = c.reverse});  // holds d and f
    it->Seek(c.target);
    EXPECT_EQ(it->Valid() ? std::string(it->key()) : "", c.found);
    EXPECT_OK(it->status());
  }
}

TEST_P(KeyValueStoreContract, ScansPrefixes) {
  const std::string ff = "\xff", ffff = "\xff\xff";
  for (const std::string& key : {std::string("p"), std::string("p/"), std::string("p/1"), "p/" + ff,
                                 "p/" + ff + "x", std::string("p0"), ff, ffff, ffff + "z"}) {
    ASSERT_OK(Put(*store_, key, "1"));
  }
  const struct {
    std::string prefix;
    size_t count;
  } cases[] = {{"p/", 4}, {"p/" + ff, 2}, {"p", 6}, {ff, 3}, {ffff, 2}, {"", 9}, {"q", 0}};
  for (const auto& c : cases) {
    SCOPED_TRACE(absl::CHexEscape(c.prefix));
    ScanOptions options = ScanOptions::Prefix(c.prefix);
    EXPECT_EQ(Collect(*store_, options).size(), c.count);
    options.reverse = true;
    EXPECT_EQ(Collect(*store_, options).size(), c.count);
  }
}

TEST_P(KeyValueStoreContract, ScanSeesTheMomentItWasStarted) {
  for (const char* key : {"a", "b", "c"}) ASSERT_OK(Put(*store_, key, "old"));
  auto it = store_->Scan({});
  WriteBatch batch;
  batch.Put("b", "new");
  batch.Delete("c");
  batch.Put("d", "new");
  ASSERT_OK(store_->Commit(batch));
  std::string seen;
  for (; it->Valid(); it->Next()) absl::StrAppend(&seen, ToAbsl(it->key()), ToAbsl(it->value()));
  EXPECT_OK(it->status());
  EXPECT_EQ(seen, "aoldboldcold");
  EXPECT_EQ(Keys(*store_, {}), "abd");
}

TEST_P(KeyValueStoreContract, SnapshotsStand) {
  ASSERT_OK(Put(*store_, "a", "1"));
  ASSERT_OK(Put(*store_, "gone", "1"));
  const auto first = store_->GetSnapshot();
  WriteBatch batch;
  batch.Put("a", "2");
  batch.DeleteRange("g", "h");
  ASSERT_OK(store_->Commit(batch));
  const auto second = store_->GetSnapshot();
  ASSERT_OK(Put(*store_, "a", "3"));
  ASSERT_OK(Put(*store_, "gone", "again"));

  EXPECT_THAT(store_->Get("a", first.get()), IsOkAndHolds(Optional(std::string("1"))));
  EXPECT_THAT(store_->Get("a", second.get()), IsOkAndHolds(Optional(std::string("2"))));
  EXPECT_THAT(store_->Get("a"), IsOkAndHolds(Optional(std::string("3"))));
  EXPECT_THAT(store_->Get("gone", second.get()), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(Collect(*store_, {.snapshot = first.get()}),
              ElementsAre(Pair("a", "1"), Pair("gone", "1")));
  EXPECT_THAT(Collect(*store_, {.reverse = true, .snapshot = second.get()}),
              ElementsAre(Pair("a", "2")));
  EXPECT_THAT(Collect(*store_, {.reverse = true}),
              ElementsAre(Pair("gone", "again"), Pair("a", "3")));
}

TEST_P(KeyValueStoreContract, CommitsOnlyWhenConditionsHold) {
  EXPECT_OK(Put(*store_, "a", "1", {Precondition::KeyAbsent("a")}));
  const absl::Status again = Put(*store_, "a", "2", {Precondition::KeyAbsent("a")});
  EXPECT_THAT(again, StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(again.ToString(), HasSubstr("'a'"));
  EXPECT_THAT(Put(*store_, "a", "2", {Precondition::KeyEquals("a", "0")}),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(Put(*store_, "a", "2", {Precondition::KeyEquals("none", "")}),
              StatusIs(absl::StatusCode::kAborted));
  // All must hold, and a key that is named twice does not lock itself out.
  EXPECT_THAT(Put(*store_, "a", "2",
                  {Precondition::KeyEquals("a", "1"), Precondition::KeyEquals("b", "1")}),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store_->Get("a"), IsOkAndHolds(Optional(std::string("1"))));
  EXPECT_OK(Put(*store_, "a", "2",
                {Precondition::KeyEquals("a", "1"), Precondition::KeyEquals("a", "1"),
                 Precondition::KeyAbsent("b")}));
  EXPECT_THAT(store_->Get("a"), IsOkAndHolds(Optional(std::string("2"))));
  // Without changes it is a check.
  EXPECT_OK(store_->Commit(WriteBatch(), {Precondition::KeyEquals("a", "2")}));
  EXPECT_THAT(store_->Commit(WriteBatch(), {Precondition::KeyAbsent("a")}),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_TRUE(store_->Writable());
}

TEST_P(KeyValueStoreContract, RacingIncrementsAreExact) {
  constexpr int kThreads = 8;
  constexpr int kIncrements = 25;
  ASSERT_OK(Put(*store_, "counter", "0"));
  RunThreads(kThreads, [&](int) {
    for (int done = 0; done < kIncrements;) {
      ASSERT_OK_AND_ASSIGN(const auto value, store_->Get("counter"));
      const absl::Status status = Put(*store_, "counter", std::to_string(std::stoi(*value) + 1),
                                      {Precondition::KeyEquals("counter", *value)});
      if (status.ok()) {
        ++done;
      } else {
        ASSERT_THAT(status, StatusIs(absl::StatusCode::kAborted));
      }
    }
  });
  EXPECT_THAT(store_->Get("counter"),
              IsOkAndHolds(Optional(std::to_string(kThreads * kIncrements))));
}

TEST_P(KeyValueStoreContract, RacingCreationsAreWonOnce) {
  std::vector<std::atomic<int>> winners(20);
  RunThreads(8, [&](int thread) {
    for (size_t i = 0; i < winners.size(); ++i) {
      const std::string key = absl::StrCat("key", i);
      // Two keys at once, in an order that differs: nobody may wait for the other for ever.
      std::vector<Precondition> conditions = {Precondition::KeyAbsent(key),
                                              Precondition::KeyAbsent(key + "/other")};
      if (thread % 2 == 0) std::swap(conditions[0], conditions[1]);
      if (Put(*store_, key, std::to_string(thread), conditions).ok()) ++winners[i];
    }
  });
  for (const auto& winner : winners) EXPECT_EQ(winner.load(), 1);
}

// A lock that is taken by condition and given up by an unconditional write: had the write slipped
// between check and commit of another, a holder would overwrite the release.
TEST_P(KeyValueStoreContract, UnconditionalWritesAreSerialisedWithConditions) {
  std::atomic<int> holders = 0;
  std::atomic<bool> twice = false;
  RunThreads(6, [&](int thread) {
    for (int done = 0; done < 10;) {
      if (!Put(*store_, "lock", std::to_string(thread), {Precondition::KeyAbsent("lock")}).ok()) {
        std::this_thread::yield();
        continue;
      }
      if (++holders != 1) twice = true;
      --holders;
      WriteBatch release;
      if (thread % 2 == 0) {
        release.Delete("lock");
      } else {
        release.DeleteRange("l", "m");
      }
      ASSERT_OK(store_->Commit(release));
      ++done;
    }
  });
  EXPECT_FALSE(twice.load());
  EXPECT_THAT(store_->Get("lock"), IsOkAndHolds(std::nullopt));
}

TEST_P(KeyValueStoreContract, ReadersSeeWholeBatches) {
  std::atomic<bool> stop = false;
  RunThreads(4, [&](int thread) {
    if (thread == 0) {
      for (int i = 0; i < 150; ++i) {
        WriteBatch batch;
        batch.Put("a", std::to_string(i));
        batch.Put("b", std::to_string(i));
        if (i % 3 == 0) batch.DeleteRange("m", "n");
        if (i % 3 == 1) batch.Put(absl::StrCat("m", i), "1");
        if (i % 3 == 1) batch.Put(absl::StrCat("m", i, "x"), "1");
        EXPECT_OK(store_->Commit(batch));
      }
      stop = true;
      return;
    }
    while (!stop) {
      const auto snapshot = store_->GetSnapshot();
      const auto a = store_->Get("a", snapshot.get());
      const auto b = store_->Get("b", snapshot.get());
      ASSERT_OK(a);
      ASSERT_OK(b);
      ASSERT_EQ(*a, *b);
      const Pairs pairs = Collect(*store_, {});
      if (pairs.size() < 2) continue;
      ASSERT_EQ(pairs[0].second, pairs[1].second);
      ASSERT_EQ(pairs.size() % 2, 0u);
      ScanOptions m = ScanOptions::Prefix("m");
      m.snapshot = snapshot.get();
      const Pairs forwards = Collect(*store_, m);
      m.reverse = true;
      Pairs backwards = Collect(*store_, m);
      std::reverse(backwards.begin(), backwards.end());
      ASSERT_EQ(forwards, backwards);
    }
  });
}

// The engines against a plain map, with the same random operations.
TEST_P(KeyValueStoreContract, AgreesWithAMap) {
  std::mt19937 random(20240229);
  const auto random_key = [&] {
    std::string key;
    for (size_t i = random() % 4; i > 0; --i) key.push_back("ab\xff"[random() % 3]);
    return key + "k";
  };
  std::map<std::string, std::string> model;
  std::vector<std::pair<std::unique_ptr<Snapshot>, std::map<std::string, std::string>>> snapshots;
  for (int round = 0; round < 120; ++round) {
    WriteBatch batch;
    for (size_t i = random() % 6; i > 0; --i) {
      const std::string key = random_key();
      switch (random() % 5) {
        case 0: {
          const std::string end = random_key();
          batch.DeleteRange(key, end);
          if (key < end) model.erase(model.lower_bound(key), model.lower_bound(end));
          break;
        }
        case 1:
          batch.Delete(key);
          model.erase(key);
          break;
        default:
          batch.Put(key, std::to_string(round));
          model[key] = std::to_string(round);
      }
    }
    ASSERT_OK(store_->Commit(batch));
    if (round % 10 == 0) snapshots.emplace_back(store_->GetSnapshot(), model);
    if (round % 35 == 34) snapshots.erase(snapshots.begin());
    for (const bool reverse : {false, true}) {
      const std::string begin = random_key(), end = random() % 4 == 0 ? "" : random_key();
      const auto expect = [&](const std::map<std::string, std::string>& map, const Snapshot* at) {
        Pairs expected;
        for (const auto& pair : map) {
          if (pair.first >= begin && (end.empty() || pair.first < end)) expected.push_back(pair);
        }
        if (reverse) std::reverse(expected.begin(), expected.end());
        ASSERT_EQ(
            Collect(*store_, {.begin = begin, .end = end, .reverse = reverse, .snapshot = at}),
            expected);
      };
      expect(model, nullptr);
      for (const auto& [snapshot, map] : snapshots) expect(map, snapshot.get());
    }
  }
}

}  // namespace
}  // namespace foia::storage
