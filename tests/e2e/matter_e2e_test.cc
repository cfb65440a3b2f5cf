// One text to the 25 field offices of ICE's ERO, typed as a person types it: few commands, one
// board.
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "foia/tracker/v1/request_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/server.h"

namespace foia::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using tracker::v1::ListEventsResponse;
using tracker::v1::ListRequestsResponse;
using tracker::v1::Request;

constexpr const char* kOffices[] = {
    "ERO/Atlanta",   "ERO/Baltimore",     "ERO/Boston",  "ERO/Buffalo",        "ERO/Chicago",
    "ERO/Dallas",    "ERO/Denver",        "ERO/Detroit", "ERO/El Paso",        "ERO/Harlingen",
    "ERO/Houston",   "ERO/Los Angeles",   "ERO/Miami",   "ERO/New Orleans",    "ERO/New York",
    "ERO/Newark",    "ERO/Philadelphia",  "ERO/Phoenix", "ERO/Salt Lake City", "ERO/San Antonio",
    "ERO/San Diego", "ERO/San Francisco", "ERO/Seattle", "ERO/St. Paul",       "ERO/Washington"};

class MatterTest : public ::testing::Test {
 protected:
  MatterTest() : server_(dir_ / "data") {
    std::ofstream set(dir_ / "offices.csv");
    std::ofstream letters(dir_ / "letters.csv");
    std::ofstream answers(dir_ / "answers.csv");
    set << "Agency,Tags\n";
    letters << "agency,on,tracking,source\n";
    answers << "agency,event,on\n";
    int i = 0;
    for (const char* office : kOffices) {
      set << office << ",field office; ero\n";
      letters << office << "," << (i % 2 == 0 ? "7/20/2020" : "\"July 21, 2020\"") << ",2020-ICFO-"
              << 21200 + i << ",acknowledgement letter\n";
      if (i % 5 == 0) answers << office << ",no_records,2020-08-05\n";
      if (i % 5 == 1) answers << office << ",partial grant,2020-08-10\n";
      if (i % 5 == 2) answers << office << ",full_denial,\"10 Aug 2020\"\n";
      ++i;
    }
    std::ofstream(dir_ / "letter.txt") << "All records of the ERO Citizen Academy.\n";
    std::ofstream(dir_ / "release.pdf") << "no PDF, kept all the same\n";
  }

  // As in a terminal.
  RunResult Type(const std::string& command) {
    ++commands_;
    return RunProgram(
        {"/bin/sh", "-c", absl::StrCat("cd '", dir_ / "", "' && ", BinDir(), "/", command)},
        {{"FOIA_SERVER", server_.address()}, {"FOIA_TOKEN_FILE", server_.data() + "/token"}});
  }
  ListRequestsResponse Requests() {
    return server_.FoiaJson<ListRequestsResponse>({"request", "list", "--matter", "IDP-7"});
  }
  int64_t Events() {
    int64_t count = 0;
    const ListRequestsResponse list = Requests();
    for (const Request& request : list.requests()) {
      count += server_.FoiaJson<ListEventsResponse>({"event", "list", request.name().substr(9)})
                   .events_size();
    }
    return count;
  }

  TempDir dir_;
  Server server_;
  int commands_ = 0;
};

TEST_F(MatterTest, TwentyFiveOfficesInTwelveCommands) {
  const struct {
    const char* command;
    const char* expected;  // in what it prints
  } script[] = {
      {"foia matter create 'ERO citizen academies' --code IDP-7", "IDP-7"},
      {"foia request create --to offices.csv --subject 'ERO Citizen Academy' "
       "--text-file letter.txt --matter IDP-7",
       "25 opened"},
      {"foia event record emailed --each matter=IDP-7 --on 'July 16, 2020'", "25 recorded"},
      {"foia event record received --each letters.csv --matter IDP-7", "25 recorded"},
      {"foia event record extension --each matter=IDP-7 --on 'Aug 3, 2020' --set days=10 --dry-run",
       "25 would be recorded"},
      {"foia event record extension --each matter=IDP-7 --on 'Aug 3, 2020' --set days=10",
       "extension_notice days=10 on Mon 2020-08-03"},
      {"foia event record --each answers.csv --matter IDP-7", "15 recorded"},
      {"foia event record appealed --each 'matter=IDP-7 state=determined' --on 'Sept. 1, 2020'",
       "15 recorded"},
      {"foia docket --matter IDP-7 --as-of 2020-09-02", "ERO Citizen Academy"},
      {"foia matter show IDP-7", "DHS > ICE > ERO > ATL"},
  };
  std::string typed;
  for (const auto& row : script) {
    const RunResult result = Type(row.command);
    ASSERT_EQ(result.exit_code, 0) << row.command << "\n" << result.out << result.err;
    EXPECT_THAT(result.out + result.err, HasSubstr(row.expected)) << row.command;
    absl::StrAppend(&typed, "$ ", row.command, "\n");
  }
  EXPECT_LE(commands_, 12) << typed;
  const ListRequestsResponse list = Requests();
  ASSERT_EQ(list.requests_size(), 25);
  for (const Request& request : list.requests()) {
    EXPECT_EQ(request.tracking_numbers_size(), 1) << request.agency_path();
    EXPECT_EQ(request.tags_size(), 2);
  }
  EXPECT_EQ(Events(), 25 * 3 + 15 * 2);
  // One board: a line for each, with state and number.
  const RunResult board = Type("foia matter show IDP-7");
  std::istringstream lines(board.out);
  int rows = 0;
  for (std::string line; std::getline(lines, line);) {
    rows += line.find("2020-ICFO-2120") != std::string::npos ||
                    line.find("2020-ICFO-2121") != std::string::npos ||
                    line.find("2020-ICFO-2122") != std::string::npos
                ? 1
                : 0;
  }
  EXPECT_EQ(rows, 25) << board.out;
}

TEST_F(MatterTest, RepeatedCommandsDoNothingTwice) {
  Type("foia matter create 'ERO citizen academies' --code IDP-7");
  const std::string create =
      "foia request create --to offices.csv --subject 'ERO Citizen Academy' --text-file letter.txt "
      "--matter IDP-7";
  const RunResult dry = Type(create + " --dry-run");
  EXPECT_THAT(dry.err, HasSubstr("25 would be opened"));
  EXPECT_EQ(Requests().requests_size(), 0);
  EXPECT_EQ(Type(create).exit_code, 0);
  const RunResult again = Type(create);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("0 opened, 25 already there"));
  EXPECT_EQ(Requests().requests_size(), 25);

  const std::string record = "foia event record received --each letters.csv --matter IDP-7";
  EXPECT_THAT(Type(record + " --dry-run").err, HasSubstr("25 would be recorded"));
  EXPECT_EQ(Events(), 0);
  EXPECT_EQ(Type(record).exit_code, 0);
  const RunResult twice = Type(record);
  EXPECT_EQ(twice.exit_code, 0) << twice.err;
  EXPECT_THAT(twice.err, HasSubstr("0 recorded, 25 already there"));
  EXPECT_EQ(Events(), 25);
}

TEST_F(MatterTest, ABadRowStopsNoOther) {
  Type("foia matter create 'ERO citizen academies' --code IDP-7");
  std::ofstream(dir_ / "some.csv")
      << "agency,tracking,jurisdiction,name\nERO/Atlanta,2020-ICFO-1,us-federal-dhs,\n"
         "ERO/Atlantis,2020-ICFO-2,,\nERO/Boston,2020-ICFO-3,us-il,\n"
         "CPD,CPD-2020-4,us-il,Chicago Police Department\n";
  const RunResult some = Type("foia request create --to some.csv --subject Academy --matter IDP-7");
  EXPECT_EQ(some.exit_code, 4) << some.err;
  EXPECT_THAT(some.out, AllOf(HasSubstr("there is no agency 'ERO/Atlantis'"),
                              HasSubstr("is under us-federal-dhs, not us-il")));
  EXPECT_THAT(some.err, HasSubstr("2 opened, 2 failed"));
  EXPECT_EQ(Requests().requests_size(), 2);

  std::ofstream(dir_ / "rows.csv") << "tracking,on,days\n2020-ICFO-1,2020-08-03,10\n"
                                      "2020-ICFO-9,2020-08-03,10\nCPD-2020-4,3/4/2020,5\n";
  EXPECT_EQ(Type("foia event record received --each matter=IDP-7 --on 7/20/2020").exit_code, 0);
  const RunResult rows = Type("foia event record extension --each rows.csv --json");
  EXPECT_EQ(rows.exit_code, 4) << rows.err;
  EXPECT_THAT(rows.out,
              AllOf(HasSubstr("REQUEST_NOT_FOUND"), HasSubstr("INVALID_DATE"),
                    HasSubstr("\"result\": \"recorded\""), HasSubstr("extension_notice days=10")));
  for (const auto& [command, expected] : std::vector<std::pair<std::string, std::string>>{
           {"foia event record received --each matter=IDP-9 --on today", "no matter"},
           {"foia event record received --each mater=IDP-7 --on today", "did you mean 'matter'"},
           {"foia event record received --each tag=none --on today", "there is no request with"},
           {"foia event record received --each nowhere.csv --on today", "cannot read"},
           {"foia event record r01 received --each matter=IDP-7 --on today", "takes the place"},
           {"foia event record received --each offices.csv --on today", "names no request"},
           {"foia request create --to letters.csv --subject x", "there is no column 'on'"},
           {"foia request create --subject x", "--agency is required"}}) {
    const RunResult result = Type(command);
    EXPECT_NE(result.exit_code, 0) << command;
    EXPECT_THAT(result.out + result.err, HasSubstr(expected)) << command;
  }
}

TEST_F(MatterTest, TheSameAtTheSameAgencyIsAskedOnce) {
  const std::string create = "foia request create --agency ERO --subject Academy";
  EXPECT_EQ(Type(create + " --text-file letter.txt").exit_code, 0);
  const Request first = server_.FoiaJson<ListRequestsResponse>({"request", "list"}).requests(0);
  const std::string id = first.name().substr(9);
  const RunResult twice = Type(
      "foia request create --agency DHS/ICE/ERO --subject 'Another word' "
      "--text-file letter.txt");
  EXPECT_EQ(twice.exit_code, 7);
  EXPECT_THAT(twice.err, AllOf(HasSubstr(id), HasSubstr("--again"), HasSubstr("ALREADY_EXISTS")));
  EXPECT_EQ(Type(create + " --text-file letter.txt --again").exit_code, 0);
  EXPECT_EQ(
      Type("foia request create --agency CBP --subject Academy --text-file letter.txt").exit_code,
      0)
      << "another agency";

  const RunResult copy = Type("foia request copy " + id + " --agency USCIS --agency ERO/Chicago");
  EXPECT_EQ(copy.exit_code, 0) << copy.err;
  EXPECT_THAT(copy.out, AllOf(HasSubstr("DHS > USCIS"), HasSubstr("DHS > ICE > ERO > CHI")));
  const RunResult here = Type("foia request copy " + id + " --agency ERO --agency TSA");
  EXPECT_EQ(here.exit_code, 0) << here.err;
  EXPECT_THAT(here.out, HasSubstr("asked already"));
  const auto list = server_.FoiaJson<ListRequestsResponse>({"request", "list"});
  EXPECT_EQ(
      server_.FoiaJson<Request>({"request", "show", list.requests(4).name().substr(9)}).text(),
      "All records of the ERO Citizen Academy.\n");
}

TEST_F(MatterTest, WordsOfLettersAreTaken) {
  EXPECT_EQ(
      Type("foia request create --agency ERO --subject Academy --tracking 2020-ICFO-1").exit_code,
      0);
  const struct {
    const char* command;
    int exit_code;
    std::vector<const char*> expected;
  } cases[] = {
      {"foia event record 2020-ICFO-1 submitted --on 7/16/2020",
       0,
       {"recorded sent on Thu 2020-07-16"}},
      {"foia event record 2020-ICFO-1 receipt --on 'Jul. 17, 2020' --time '5 pm'",
       0,
       {"recorded received on Fri 2020-07-17 at 17:00"}},
      {"foia event record 2020-ICFO-1 received --on 3/4/2020",
       2,
       {"Wed 2020-03-04 or Fri 2020-04-03", "INVALID_DATE"}},
      {"foia event record 2020-ICFO-1 appeal --on 9/30/2020",
       2,
       {"appeal_sent", "appeal_received"}},
      {"foia event record 2020-ICFO-1 info_requested --on 7/20/2020 --set 'reply_by=Aug 20, 2020'",
       0,
       {"reply_by=2020-08-20"}},
      {"foia event record 2020-ICFO-1 no_records --on 8/13/2020 --set outcom=partial",
       2,
       {"is no attribute of determination", "did you mean 'outcome'"}},
      {"foia event record 2020-ICFO-1 no_records --on 8/13/2020 --set outcome=partial",
       2,
       {"the event says outcome=no_records"}},
      {"foia event record 2020-ICFO-1 no_records --on 8/13/2020",
       0,
       {"recorded determination outcome=no_records on Thu 2020-08-13"}},
      {"foia event record 2020-ICFO-1 received --on 7/17/2020 --time midnight", 2, {"23:59"}},
      {"foia docket --as-of 'July 20, 2020'", 0, {"--as-of 'July 20, 2020' is Mon 2020-07-20"}},
      {"foia docket --jurisdiction dhs", 3, {"did you mean 'us-federal-dhs'"}},
      {"foia request list --jurisdiction Illinois", 3, {"did you mean 'us-il'"}},
      {"foia deadlines show 2020-ICFO-1 --explain determination", 2, {"'determination_due'"}},
      {"foia deadlines show 2020-ICFO-1 --as-of tomorow", 2, {"is not a date"}},
      {"foia agency show 'Citizenship'", 3, {"DHS/USCIS"}},
      {"foia docket --jurisdicton us-il", 2, {"'--jurisdiction'"}},
      {"foia docket --asof today", 2, {"'--as-of'"}},
  };
  for (const auto& row : cases) {
    const RunResult result = Type(row.command);
    EXPECT_EQ(result.exit_code, row.exit_code) << row.command << "\n" << result.out << result.err;
    for (const char* expected : row.expected) {
      EXPECT_THAT(result.out + result.err, HasSubstr(expected)) << row.command;
    }
  }
}

}  // namespace
}  // namespace foia::testing
