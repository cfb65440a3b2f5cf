#include "storage/kv/key_value_store_contract.h"
#include "tests/support/status_matchers.h"

namespace foia::storage {
namespace {

INSTANTIATE_TEST_SUITE_P(Memory, KeyValueStoreContract,
                         ::testing::Values(KeyValueEngine{
                             "memory", [](const std::string&) { return NewMemoryStore(); }}));

TEST(KeyTest, PrefixEndIsTheFirstKeyBehind) {
  const struct {
    std::string prefix, end;
  } cases[] = {{"", ""},         {"a", "b"},         {"a/", "a0"},
               {"a\xff", "b"},   {"a\xff\xff", "b"}, {"\xff", ""},
               {"\xff\xff", ""}, {"\x7f", "\x80"},   {std::string("a\0", 2), "a\x01"},
               {"\xfe", "\xff"}};
  for (const auto& c : cases) EXPECT_EQ(PrefixEnd(c.prefix), c.end);
}

TEST(KeyTest, BigEndianSortsAsNumbers) {
  std::string previous;
  for (const uint64_t number : {uint64_t{0}, uint64_t{1}, uint64_t{255}, uint64_t{256},
                                uint64_t{1} << 32, UINT64_MAX - 1, UINT64_MAX}) {
    std::string key;
    AppendBigEndian64(number, key);
    EXPECT_EQ(key.size(), 8u);
    EXPECT_EQ(ReadBigEndian64(key + "tail"), number);
    EXPECT_TRUE(previous.empty() || previous < key);
    previous = key;
  }
  std::string key;
  AppendBigEndian32(0x01fe02ffu, key);
  EXPECT_EQ(key, "\x01\xfe\x02\xff");
  EXPECT_EQ(ReadBigEndian32(key), 0x01fe02ffu);
}

TEST(MemoryStoreTest, HasNoCheckpoints) {
  EXPECT_THAT(NewMemoryStore()->Checkpoint("anywhere"),
              testing::StatusIs(absl::StatusCode::kUnimplemented));
}

}  // namespace
}  // namespace foia::storage
