#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/civil_date.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/member_path.h"
#include "services/base/page_token.h"
#include "services/base/strings.h"
#include "services/base/ulid.h"
#include "tests/support/status_matchers.h"

namespace foia {
namespace {

using ::foia::testing::HasReason;
using ::foia::testing::IsOkAndHolds;

TEST(ErrorTest, EveryReasonHasOneRow) {
  std::set<Reason> seen;
  for (const ReasonInfo& info : AllReasons()) {
    EXPECT_TRUE(seen.insert(info.reason).second);
    EXPECT_FALSE(info.remedy.empty());
    EXPECT_NE(info.exit_code, 0);
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(common::v1::Reason_descriptor()->value_count()));
}

TEST(ErrorTest, ReasonAndMetadataComeBack) {
  const absl::Status status =
      MakeError(Reason::REASON_AGENCY_NOT_FOUND, "no agency 'X'", {{"agency", "X"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(status), Reason::REASON_AGENCY_NOT_FOUND);
  EXPECT_EQ(MetadataOf(status).at("agency"), "X");
  EXPECT_EQ(ReasonOf(absl::InternalError("plain")), Reason::REASON_UNSPECIFIED);
}

TEST(ErrorTest, FieldViolationsComeBackTogether) {
  const absl::Status status = InvalidFields({{"a", "is empty"}, {"b.c", "is too long"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(ViolationsOf(status), ::testing::SizeIs(2));
  EXPECT_TRUE(InvalidFields({}).ok());
}

TEST(CivilDateTest, ReadsOnlyRealDates) {
  EXPECT_THAT(ParseDate("2020-02-29", "on"), IsOkAndHolds(CivilDate(2020, 2, 29)));
  for (const char* bad : {"2021-02-29", "2021-13-01", "2021-00-10", "2021-1-1", "21-01-01", "",
                          "2021-01-01x", "0000-01-01", "2021/01/01", "tomorrow", "2021-0--1"}) {
    EXPECT_THAT(ParseDate(bad, "on"), HasReason(Reason::REASON_INVALID_DATE)) << bad;
  }
  EXPECT_EQ(FormatDate(CivilDate(987, 6, 5)), "0987-06-05");
  EXPECT_EQ(WeekdayName(CivilDate(2020, 8, 13)), "Thu");
}

TEST(UlidTest, IdsAreTypedAndIncrease) {
  const absl::Time now = absl::FromUnixSeconds(1600000000);
  std::string last;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = NewId('r', now);
    EXPECT_TRUE(IsId('r', id)) << id;
    EXPECT_LT(last, id);
    last = id;
  }
  EXPECT_FALSE(IsId('d', last));
  EXPECT_FALSE(IsId('r', last.substr(1)));
}

TEST(PageTokenTest, BoundToItsList) {
  EXPECT_THAT(ReadPageToken("requests", ""), IsOkAndHolds(""));
  const std::string token = MakePageToken("requests", "request/r01");
  EXPECT_THAT(ReadPageToken("requests", token), IsOkAndHolds("request/r01"));
  for (const std::string& bad : {std::string("x"), token.substr(1), token + "A", token.substr(4)}) {
    EXPECT_THAT(ReadPageToken("requests", bad), HasReason(Reason::REASON_INVALID_PAGE_TOKEN))
        << bad;
  }
  EXPECT_THAT(ReadPageToken("agencies", token), HasReason(Reason::REASON_INVALID_PAGE_TOKEN));
  EXPECT_THAT(PageSize(0), IsOkAndHolds(50));
  EXPECT_THAT(PageSize(5000), IsOkAndHolds(1000));
  EXPECT_THAT(PageSize(-1), HasReason(Reason::REASON_INVALID_FIELD));
}

TEST(CryptoTest, KnownDigests) {
  EXPECT_EQ(HexEncode(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256Stream stream;
  stream.Update("a");
  EXPECT_EQ(stream.Digest(), Sha256("a"));
  stream.Update("bc");
  EXPECT_EQ(stream.Digest(), Sha256("abc"));
  // RFC 4231, test case 2.
  EXPECT_EQ(HexEncode(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(HexDecode("00ff10"), std::string("\0\xff\x10", 3));
  EXPECT_EQ(HexDecode("0g"), "");
}

TEST(CleanMemberPathTest, NothingLeadsOutAndNothingDeceives) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"a/b.pdf", "a/b.pdf"},
      {"../../etc/passwd", "etc/passwd"},
      {"/etc/passwd", "etc/passwd"},
      {"C:\\Windows\\x.dll", "Windows/x.dll"},
      {"a//./b/", "a/b"},
      {"..", "unnamed"},
      {"", "unnamed"},
      {"a\nb\x7F.pdf", "a?b?.pdf"},
      {"exe\u202Efdp.pdf", "exe?fdp.pdf"},
      {"\u0085\u2066x", "??x"},
      {"caf\u00E9/\u4E2D.pdf", "caf\u00E9/\u4E2D.pdf"},
      {"x/" + std::string(300, 'a') + ".pdf", "x/" + std::string(251, 'a') + ".pdf"},
      {"x/" + std::string(300, '\x80') + "..", "x"},
  };
  for (const auto& [path, want] : rows) EXPECT_EQ(CleanMemberPath(path), want);
  std::string deep;
  for (int i = 0; i < 900; ++i) deep += "\u00E9/";
  EXPECT_LE(CleanMemberPath(deep + "x.pdf").size(), 1024U);
  // Cut between names: the rest of one might lead out.
  const std::string name(255, 'n');
  const std::string end = name + "/" + name + "/" + name + "/" + std::string(253, 'e');
  EXPECT_EQ(CleanMemberPath("x../" + end), end);
}

}  // namespace
}  // namespace foia
