#include <fstream>
#include <string>

#include "services/search/query/query.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::search {
namespace {

std::string Trim(const std::string& text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

TEST(QueryParser, CaseFile) {
  std::ifstream file(testing::SourceDir() + "/tests/cases/query.test");
  ASSERT_TRUE(file.is_open());
  int cases = 0;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const size_t arrow = line.rfind(" => ");
    if (line.empty() || line[0] == '#') continue;
    SCOPED_TRACE("query.test:" + std::to_string(number) + ": " + line);
    ASSERT_NE(arrow, std::string::npos);
    const std::string text = Trim(line.substr(0, arrow));
    const std::string expected = Trim(line.substr(arrow + 4));
    ++cases;
    const absl::StatusOr<Query> query = ParseQuery(text);
    if (expected.rfind("error ", 0) == 0) {
      EXPECT_THAT(query, testing::HasReason(Reason::REASON_INVALID_QUERY));
      const ErrorMetadata metadata = MetadataOf(query.status());
      if (query.ok()) continue;
      const size_t colon = expected.find(": ");
      EXPECT_EQ(metadata.at("column"), expected.substr(6, colon - 6));
      EXPECT_THAT(metadata.at("suggestion"), ::testing::HasSubstr(expected.substr(colon + 2)));
      continue;
    }
    EXPECT_OK(query);
    if (!query.ok()) continue;
    EXPECT_EQ(PrintQuery(*query), expected);
    EXPECT_THAT(ParseQuery(PrintQuery(*query)), testing::IsOkAndHolds(*query));
  }
  EXPECT_GT(cases, 80);
}

TEST(QueryParser, TypingWhatComesOutOfNoiseNeverBreaksTheRoundTrip) {
  // Every query of up to five pieces that parses must come back from its canonical text.
  const std::string pieces[] = {"a",  "\"", "(",    ")",      "[b6]", "-",    "=",   " ",
                                "b*", "~2", "NEAR", "doc:x ", " OR ", "NOT ", "abc", "(b)(6)"};
  constexpr int kPieces = 16;
  int parsed = 0;
  unsigned state = 1;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (int i = 0; i < 6; ++i) {
      state = state * 1664525u + 1013904223u;
      text += pieces[(state >> 16) % kPieces];
    }
    const absl::StatusOr<Query> query = ParseQuery(text);
    if (!query.ok()) {
      ASSERT_THAT(query, testing::HasReason(Reason::REASON_INVALID_QUERY)) << text;
      continue;
    }
    ++parsed;
    ASSERT_THAT(ParseQuery(PrintQuery(*query)), testing::IsOkAndHolds(*query))
        << text << " -> " << PrintQuery(*query);
  }
  EXPECT_GT(parsed, 1000);
}

TEST(QueryParser, BoundsWhatItAccepts) {
  EXPECT_THAT(ParseQuery(std::string(5000, 'a')), testing::HasReason(Reason::REASON_INVALID_QUERY));
  EXPECT_THAT(ParseQuery(std::string(60, '(') + "a" + std::string(60, ')')),
              testing::HasReason(Reason::REASON_INVALID_QUERY));
  std::string many;
  for (int i = 0; i < 300; ++i) many += "a ";
  EXPECT_THAT(ParseQuery(many), testing::HasReason(Reason::REASON_INVALID_QUERY));
}

}  // namespace
}  // namespace foia::search
