// foia deadlines compute and check: no server is there, and none is asked for.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "foia/tracker/v1/request_service.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/e2e/server.h"

namespace foia::testing {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// `foia deadlines` with a server that would end in exit code 6.
RunResult Deadlines(std::vector<std::string> words) {
  words.insert(words.begin(), {"--server", "127.0.0.1:1", "deadlines"});
  return Foia(words);
}

std::vector<std::string> ComputeWords(const std::string& jurisdiction, const std::string& events,
                                      const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {"compute", "--jurisdiction", jurisdiction, "--events", events};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(DeadlinesOfflineTest, OneDeadlineIsOneWord) {
  const struct {
    const char* jurisdiction;
    const char* events;
    const char* deadline;
    const char* expected;
  } cases[] = {
      {"us-federal-dhs", "2020-07-16 received", "determination_due", "2020-08-13"},
      {"us-federal", "2021-05-24 received; 2021-06-02 fee_toll_start", "determination_due",
       "TOLLED"},
      {"us-federal", "2020-07-16 received;2020-08-01 determination", "search_fee_bar_from", "NONE"},
      {"us-fl", "2021-05-24 received via=email", "response_due", "NONE"},
      {"us-federal", "2021-05-24 sent", "determination_due", "CANNOT_COMPUTE"},
  };
  for (const auto& row : cases) {
    const RunResult result =
        Deadlines(ComputeWords(row.jurisdiction, row.events, {"--deadline", row.deadline}));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out, row.expected + std::string("\n"));
    EXPECT_EQ(result.err, "");
  }
}

TEST(DeadlinesOfflineTest, CalendarAndRulesAreChosen) {
  const std::vector<std::string> words = ComputeWords(
      "us-federal", "2024-12-16 received", {"--deadline", "determination_due", "--calendar"});
  std::vector<std::string> with_closures = words;
  with_closures.push_back("federal+eo");
  std::vector<std::string> without = words;
  without.push_back("federal");
  EXPECT_EQ(Deadlines(without).out, "2025-01-15\n");
  EXPECT_EQ(Deadlines(with_closures).out, "2025-01-17\n");

  const TempDir dir;
  std::ofstream(dir / "mine.textproto")
      << "jurisdictions { id: \"us-mine\" extends: \"us-federal\" version: \"1\"\n"
         "  calendar_id: \"mine\" }\n"
         "calendars { id: \"mine\" extends: \"federal\" title: \"t\"\n"
         "  add_dates { date { year: 2020 month: 8 day: 3 } name: \"Closed\" } }\n";
  EXPECT_EQ(Deadlines(ComputeWords("us-mine", "2020-07-16 received",
                                   {"--deadline", "determination_due", "--rules", dir / ""}))
                .out,
            "2020-08-14\n");
}

TEST(DeadlinesOfflineTest, TableSaysHowFarToTrustADate) {
  const RunResult table = Deadlines(ComputeWords("us-federal-dhs", "2020-07-16 delivered",
                                                 {"--as-of", "2020-08-10", "--width", "0"}));
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, AllOf(HasSubstr("Thu 2020-08-13  Determination due"),
                               HasSubstr("presumed receipt"), HasSubstr("by convention"),
                               Not(HasSubstr("Appeal by")), HasSubstr("not legal advice")));
  EXPECT_THAT(Deadlines(ComputeWords("us-federal-dhs", "2020-07-16 received", {"--all"})).out,
              HasSubstr("Appeal by"));
  EXPECT_THAT(Deadlines(ComputeWords("us-ny", "2020-07-16 denied")).out, HasSubstr("verify"));
}

TEST(DeadlinesOfflineTest, IfShowsBothDates) {
  const RunResult table = Deadlines(ComputeWords(
      "us-federal", "2021-05-24 received",
      {"--if", "2021-06-20 extension_notice days=10", "--as-of", "2021-06-01", "--width", "0"}));
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out,
              AllOf(HasSubstr("Wed 2021-06-23, running"), HasSubstr("Thu 2021-07-08, running"),
                    HasSubstr("15 days later"), HasSubstr("not legal advice")));
  EXPECT_THAT(Deadlines(ComputeWords("us-federal", "2021-05-24 received",
                                     {"--if", "2021-06-20 acknowledged"}))
                  .out,
              HasSubstr("Nothing would move.\n"));
}

TEST(DeadlinesOfflineTest, ExplainsAndPrintsJson) {
  const RunResult one = Deadlines(ComputeWords("us-federal-dhs", "2020-07-16 received",
                                               {"--explain", "--deadline", "determination_due"}));
  EXPECT_THAT(one.out,
              AllOf(StartsWith("Determination due: Thu 2020-08-13\n"), HasSubstr("Certainty  V"),
                    HasSubstr("Not legal advice"), Not(HasSubstr("Suit possible"))));
  EXPECT_THAT(Deadlines(ComputeWords("us-federal-dhs", "2020-07-16 received", {"--explain"})).out,
              AllOf(HasSubstr("\nDetermination due: "), HasSubstr("\nSuit possible from: ")));

  const RunResult json = Deadlines(ComputeWords("us-federal", "2020-07-16 received", {"--json"}));
  tracker::v1::ComputeDeadlinesResponse list;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json.out, &list).ok()) << json.out;
  EXPECT_EQ(list.deadlines(0).id(), "clock_start");
  EXPECT_THAT(list.rules_digest(), ::testing::SizeIs(64));
}

TEST(DeadlinesOfflineTest, RightsWithoutAServer) {
  const RunResult rights = Deadlines(
      ComputeWords("us-federal-dhs", "2020-07-16 received", {"--rights", "--as-of", "2021-05-11"}));
  EXPECT_EQ(rights.exit_code, 0) << rights.err;
  EXPECT_THAT(rights.out, HasSubstr("2020-08-14"));
  EXPECT_THAT(Deadlines(ComputeWords("us-federal-dhs", "2020-07-16 received",
                                     {"--rights", "--as-of", "2021-05-11", "--json"}))
                  .out,
              HasSubstr("EXHAUSTION_CONSTRUCTIVE"));
}

TEST(DeadlinesOfflineTest, BadWordsAreNamed) {
  const TempDir dir;
  std::ofstream(dir / "bad.textproto") << "calendars {\n  id: \"x\"\n  titel: \"y\"\n}\n";
  const struct {
    std::vector<std::string> words;
    int exit_code;
    std::string expected;  // in stderr
  } cases[] = {
      {ComputeWords("us-ill", "2021-05-24 received"), 3, "did you mean 'us-il'?"},
      {ComputeWords("IL", "2021-05-24 received"), 3, "did you mean 'us-il'?"},
      {ComputeWords("atlantis", "2021-05-24 received"), 3, "no rules for 'atlantis'"},
      {ComputeWords("us-il", "2021-05-24 received", {"--calendar", "il-state"}), 3,
       "did you mean 'il_state'?"},
      {ComputeWords("us-il", "2021-05-24 received", {"--deadline", "respons_due"}), 2,
       "did you mean 'response_due'?"},
      {ComputeWords("us-il", "2021-05-24 recieved"), 2,
       "--events: there is no event 'recieved'; did you mean 'received'?"},
      {ComputeWords("us-il", "2021-02-29 received"), 2, "[INVALID_DATE]"},
      {ComputeWords("us-il", "2021-02-28 received kind"), 2, "is not 'name=value'"},
      {ComputeWords("us-il", "2021-02-28 received", {"--if", "2021-03-01 snow"}), 2,
       "--if: there is no event 'snow'"},
      {ComputeWords("us-il", "2021-02-28 received", {"--as-of", "soon"}), 2, "--as-of"},
      {ComputeWords("us-il", "2021-02-28 received", {"--rules", dir / ""}), 8, "bad.textproto:3"},
      {ComputeWords("us-il", "2021-02-28 received", {"--rules", dir / "nowhere"}), 8,
       "[UNREADABLE_FILE]"},
      {{"compute", "--jurisdiction", "us-il"}, 2, "--events is required"},
      {{"check", dir / "nowhere.csv"}, 8, "[UNREADABLE_FILE]"},
      {{"check", dir / "bad.textproto"}, 2, "there is no column 'id'"},
  };
  for (const auto& row : cases) {
    const RunResult result = Deadlines(row.words);
    EXPECT_EQ(result.exit_code, row.exit_code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(row.expected));
    EXPECT_EQ(result.out, "");
  }
}

TEST(DeadlinesOfflineTest, CheckRunsAVectorFile) {
  const RunResult shipped = Deadlines({"check", SourceDir() + "/tests/cases/vectors.csv"});
  EXPECT_EQ(shipped.exit_code, 0) << shipped.out;
  EXPECT_EQ(shipped.out, "66 passed, 0 failed\n");

  const TempDir dir;
  std::ofstream(dir / "mine.csv")
      << "id,jurisdiction,calendar,events,deadline,expected,certainty\n"
         "a,us-federal,federal,2020-07-16 received,determination_due,2020-08-13,V\n"
         "b,us-federal,,2020-07-16 received,determination_due,2020-08-14,V\n"
         "c,us-federal,,2020-07-16 recieved,determination_due,2020-08-13,V\n"
         "d,us-fl,none,2020-07-16 received,response_due,NONE,S\n"
         "e,us-nowhere,,2020-07-16 received,response_due,NONE,S\n";
  const RunResult mine = Deadlines({"check", dir / "mine.csv"});
  EXPECT_EQ(mine.exit_code, 1);
  EXPECT_THAT(mine.out, AllOf(HasSubstr("line 3, b: us-federal determination_due: expected "
                                        "2020-08-14, computed 2020-08-13\n"),
                              HasSubstr("line 4, c: "), HasSubstr("line 6, e: there are no rules"),
                              EndsWith("\n2 passed, 3 failed\n")));
}

// Every command of the guide prints what the guide shows, on a screen of 100 columns.
// FOIA_UPDATE_DOCS=1 writes it again.
TEST(DeadlinesOfflineTest, TheGuideShowsRealOutput) {
  const std::string path = SourceDir() + "/docs/guides/deadlines.md";
  const std::string guide = ReadFile(path);
  std::istringstream lines(guide);
  std::string printed;  // the guide, with the output of today
  bool in_output = false;
  int commands = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool is_command = line.rfind("$ foia ", 0) == 0;
    if (is_command || line == "```") in_output = false;
    if (!in_output) printed += line + "\n";
    if (!is_command) continue;
    in_output = true;
    ++commands;
    printed += RunProgram({"/bin/sh", "-c",
                           "cd '" + SourceDir() + "' && '" + BinDir() + "/foia' --width 100 " +
                               line.substr(7)},
                          CleanEnvironment())
                   .out;
  }
  EXPECT_GE(commands, 8);
  if (std::getenv("FOIA_UPDATE_DOCS") != nullptr) {
    std::ofstream(path) << printed;
  } else {
    EXPECT_EQ(printed, guide) << "FOIA_UPDATE_DOCS=1 ctest -R deadlines_offline_test writes it";
  }
}

}  // namespace
}  // namespace foia::testing
