#include "services/documents/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "services/base/status.h"
#include "tests/support/status_matchers.h"

namespace foia::documents {
namespace {

using ::foia::testing::IsOkAndHolds;
using ::testing::Optional;

TEST(WriterTest, StepsOfManyThreadsRunOneAfterTheOther) {
  const auto store = storage::NewMemoryStore();
  Writer writer(*store, 0);
  std::vector<int64_t> committed;  // hooks run one after the other, so it needs no lock
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 200; ++j) {
        EXPECT_OK(writer.Run([&](Transaction& transaction) -> absl::Status {
          FOIA_ASSIGN_OR_RETURN(const auto value, transaction.Get("n"));
          transaction.Put("n", std::to_string(value.has_value() ? std::stoi(*value) + 1 : 1));
          transaction.OnCommit(
              [&, sequence = transaction.NextSequence()] { committed.push_back(sequence); });
          return absl::OkStatus();
        }));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(store->Get("n"), IsOkAndHolds(Optional(std::string("1600"))));
  ASSERT_EQ(committed.size(), 1600u);
  for (size_t i = 0; i < committed.size(); ++i)
    ASSERT_EQ(committed[i], static_cast<int64_t>(i) + 1);
  EXPECT_EQ(writer.last_sequence(), 1600);
}

TEST(WriterTest, AFailedStepChangesNothing) {
  const auto store = storage::NewMemoryStore();
  Writer writer(*store, 7);
  bool hook_ran = false;
  EXPECT_THAT(writer.Run([&](Transaction& transaction) {
    transaction.Put("k", "v");
    transaction.NextSequence();
    transaction.OnCommit([&] { hook_ran = true; });
    return absl::AbortedError("no");
  }),
              testing::StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store->Get("k"), IsOkAndHolds(std::nullopt));
  EXPECT_FALSE(hook_ran);
  EXPECT_EQ(writer.last_sequence(), 7);
}

TEST(WriterTest, AStepSeesItsOwnChanges) {
  const auto store = storage::NewMemoryStore();
  Writer writer(*store, 0);
  EXPECT_OK(writer.Run([](Transaction& transaction) {
    transaction.Put("a", "1");
    transaction.Put("b", "2");
    transaction.Delete("b");
    EXPECT_THAT(transaction.Get("a"), IsOkAndHolds(Optional(std::string("1"))));
    EXPECT_THAT(transaction.Get("b"), IsOkAndHolds(std::nullopt));
    return absl::OkStatus();
  }));
  EXPECT_THAT(store->Get("b"), IsOkAndHolds(std::nullopt));
}

}  // namespace
}  // namespace foia::documents
