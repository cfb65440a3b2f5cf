// Every row of tests/cases/vectors.csv.
#include "services/tracker/rules/vectors.h"

#include <set>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::tracker {
namespace {

using ::foia::testing::HasReason;
using ::testing::HasSubstr;

std::vector<Vector> ReadVectors(const std::string& name) {
  absl::StatusOr<std::vector<Vector>> vectors =
      ParseVectors(testing::ReadFile(testing::SourceDir() + "/tests/cases/" + name));
  EXPECT_OK(vectors);
  return vectors.ok() ? *std::move(vectors) : std::vector<Vector>();
}

// oracle_vectors.csv has histories and dates of a second implementation, written from the law
// alone, in another language and by other hands: a walk from day to day over calendars of its own.
// It shares no code and no rules with ours, only the reading of the law.
TEST(VectorsTest, EveryRowComesOut) {
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  const struct {
    const char* file;
    size_t rows;
    bool all_skipped;  // an empty list of holidays says that there is none
  } kFiles[] = {{"vectors.csv", 66, true}, {"oracle_vectors.csv", 1139, false}};
  for (const auto& file : kFiles) {
    const std::vector<Vector> vectors = ReadVectors(file.file);
    EXPECT_EQ(vectors.size(), file.rows);
    for (const Vector& vector : vectors) {
      SCOPED_TRACE(vector.id + ": " + vector.reasoning);
      const absl::StatusOr<VectorResult> result = RunVector(book, vector);
      ASSERT_OK(result);
      EXPECT_EQ(result->actual, vector.expected) << result->explanation;
      if (vector.expected != "NONE" && (file.all_skipped || !vector.skipped.empty())) {
        EXPECT_EQ(result->skipped, vector.skipped) << result->explanation;
      }
    }
  }
}

// What use in practice showed: outcomes, exhaustion, holidays of states, weekends, changed law.
TEST(VectorsTest, Practice) {
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  std::vector<Vector> vectors = ReadVectors("practice_vectors.csv");
  EXPECT_EQ(vectors.size(), 42U);
  // Dates of an independent count.
  for (Vector& vector : ReadVectors("outcome_vectors.csv")) vectors.push_back(std::move(vector));
  EXPECT_EQ(vectors.size(), 42U + 63U);
  // Dates that another person counted from the statutes, without this program.
  for (Vector& vector : ReadVectors("fresh_vectors.csv")) vectors.push_back(std::move(vector));
  EXPECT_EQ(vectors.size(), 42U + 63U + 155U);
  for (const Vector& vector : vectors) {
    SCOPED_TRACE(vector.id + ": " + vector.reasoning);
    const absl::StatusOr<VectorResult> result = RunVector(book, vector);
    ASSERT_OK(result);
    EXPECT_EQ(result->actual, vector.expected) << result->explanation;
    if (!vector.skipped.empty()) {
      EXPECT_EQ(result->skipped, vector.skipped) << result->explanation;
    }
  }
}

// Each rule of a state or of an agency of its own, with the mark that is printed beside its date.
TEST(VectorsTest, StatesAndAgencies) {
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  for (const char* file : {"state_vectors.csv", "agency_vectors.csv"}) {
    std::set<std::string> ids;
    for (const Vector& vector : ReadVectors(file)) {
      SCOPED_TRACE(vector.id + ": " + vector.reasoning);
      EXPECT_TRUE(ids.insert(vector.id).second) << "the id stands twice";
      const absl::StatusOr<VectorResult> result = RunVector(book, vector);
      ASSERT_OK(result);
      EXPECT_EQ(result->actual, vector.expected) << result->explanation;
      EXPECT_EQ(result->certainty, vector.certainty) << result->explanation;
    }
    EXPECT_FALSE(ids.empty()) << file;
  }
}

// The fifty states and DC are there, each says what it rests on and what it leaves out, and each
// deadline of a state or of an agency is the subject of a row.
TEST(VectorsTest, EveryDeadlineHasARow) {
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  std::set<std::pair<std::string, std::string>> tested;
  for (const char* file : {"vectors.csv", "state_vectors.csv", "agency_vectors.csv"}) {
    for (const Vector& vector : ReadVectors(file)) {
      tested.emplace(vector.jurisdiction, vector.deadline);
    }
  }
  int states = 0;
  for (const auto& [id, rules] : book.jurisdictions()) {
    SCOPED_TRACE(id);
    EXPECT_FALSE(rules.jurisdiction().sources().empty());
    if (id.size() != 5) continue;  // us-xx
    ++states;
    EXPECT_FALSE(rules.jurisdiction().gaps().empty());
    for (const v1::DeadlineRule& rule : rules.jurisdiction().deadlines()) {
      // What we set ourselves, and what a letter or a court names, belongs to "us".
      if (!rule.date_attribute().empty() && !rule.has_period()) continue;
      EXPECT_EQ(tested.count({id, rule.id()}), 1U) << rule.id();
    }
  }
  EXPECT_EQ(states, 51);
}

TEST(ParseEventsTest, ReadsAttributes) {
  ASSERT_OK_AND_ASSIGN(
      const std::vector<DeadlineEvent> events,
      ParseEvents(" 2021-05-24 received kind=commercial via=email;2021-06-02 info_requested; "));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].attributes.at("kind"), "commercial");
  EXPECT_EQ(events[0].attributes.at("via"), "email");
  EXPECT_EQ(events[1].type, v1::EVENT_TYPE_INFO_TOLL_START);
  EXPECT_EQ(events[1].effective_on, CivilDate(2021, 6, 2));
}

TEST(ParseEventsTest, ReadsHourAndZone) {
  ASSERT_OK_AND_ASSIGN(
      const std::vector<DeadlineEvent> events,
      ParseEvents("2021-05-24 received at=17:30 zone=America/Chicago;2021-05-25 sent at=00:00"));
  EXPECT_EQ(events[0].local_time, "17:30");
  EXPECT_EQ(events[0].time_zone, "America/Chicago");
  EXPECT_TRUE(events[0].attributes.empty());
  EXPECT_EQ(events[1].local_time, "00:00");
  for (const char* bad : {"2021-05-24 sent at=25:00", "2021-05-24 sent at=midnight",
                          "2021-05-24 sent at=17:30 zone=Mars", "2021-05-24 sent zone=UTC"}) {
    EXPECT_THAT(ParseEvents(bad), HasReason(Reason::REASON_INVALID_FIELD)) << bad;
  }
}

TEST(ParseEventsTest, RefusesWhatIsNotAnEvent) {
  EXPECT_THAT(ParseEvents("2021-05-24"), HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(ParseEvents("2021-05-24 recieved"), HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(ParseEvents("2021-02-30 received"), HasReason(Reason::REASON_INVALID_DATE));
  EXPECT_THAT(ParseEvents("2021-05-24 received kind"), HasReason(Reason::REASON_INVALID_FIELD));
}

TEST(ParseVectorsTest, RefusesAHeaderWithoutItsColumns) {
  EXPECT_THAT(ParseVectors(""), HasReason(Reason::REASON_INVALID_FIELD));
  EXPECT_THAT(ParseVectors("id,events\n"), HasReason(Reason::REASON_INVALID_FIELD));
}

// One bad row must not hide the others.
TEST(ParseVectorsTest, KeepsABadRowWithItsProblem) {
  ASSERT_OK_AND_ASSIGN(const RuleBook book, LoadRules(""));
  ASSERT_OK_AND_ASSIGN(const std::vector<Vector> vectors,
                       ParseVectors("id,jurisdiction,events,deadline,expected\n"
                                    "a,us-federal,2020-01-02 received,clock_start,2020-01-02\n"
                                    "b,c\n"
                                    "d,us-federal,2020-01-02 recieved,clock_start,2020-01-02\n"
                                    "e,us-federl,2020-01-02 received,clock_start,2020-01-02\n"
                                    "f,us-federal,2020-01-02 received,clock_strt,2020-01-02\n"));
  ASSERT_EQ(vectors.size(), 5U);
  ASSERT_OK_AND_ASSIGN(const VectorResult good, RunVector(book, vectors[0]));
  EXPECT_EQ(good.actual, "2020-01-02");
  const struct {
    size_t row;
    Reason reason;
    const char* message;
  } cases[] = {
      {1, Reason::REASON_INVALID_FIELD, "2 fields, the header has 5"},
      {2, Reason::REASON_INVALID_FIELD, "did you mean 'received'?"},
      {3, Reason::REASON_NOT_FOUND, "did you mean 'us-federal'?"},
      {4, Reason::REASON_INVALID_FIELD, "did you mean 'clock_start'?"},
  };
  for (const auto& row : cases) {
    const absl::StatusOr<VectorResult> result = RunVector(book, vectors[row.row]);
    EXPECT_THAT(result, HasReason(row.reason));
    EXPECT_THAT(std::string(result.status().message()), HasSubstr(row.message));
    EXPECT_EQ(vectors[row.row].line, static_cast<int>(row.row) + 2);
  }
}

TEST(ParseVectorsTest, ReadsQuotes) {
  const char* header = "id,jurisdiction,events,deadline,expected\n";
  ASSERT_OK_AND_ASSIGN(
      const std::vector<Vector> quoted,
      ParseVectors(std::string(header) + "\"a \"\"1\"\"\",us-federal,\"2020-01-02 sent;\n"
                                         "2020-01-03 received\",clock_start,2020-01-03\r\n"));
  ASSERT_EQ(quoted.size(), 1U);
  EXPECT_EQ(quoted[0].id, "a \"1\"");
  EXPECT_EQ(quoted[0].events.size(), 2U);
}

}  // namespace
}  // namespace foia::tracker
