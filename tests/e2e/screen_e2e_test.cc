// What a person sees: the real tables on terminals of several widths, the pager, saved views.
#include <algorithm>
#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "foia/tracker/v1/request_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/server.h"
#include "tests/support/terminal.h"

namespace foia::testing {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDay[] = "2020-08-10";  // on which the docket is looked at

std::vector<std::string> Lines(const std::string& text) { return absl::StrSplit(text, '\n'); }

// What tells one thing from another in `text`: words with a digit.
std::set<std::string> Marks(const std::string& text) {
  static const auto& word = *new std::regex("[^\\s,;()]*[0-9][^\\s,;()]*");
  std::set<std::string> marks;
  for (std::sregex_iterator it(text.begin(), text.end(), word), end; it != end; ++it) {
    marks.insert(it->str());
  }
  return marks;
}

class ScreenTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = new TempDir;
    server_ = new Server(*dir_ / "data", {"--roles", "tracker,documents,search"});
    // Fourteen requests: drafts, sent, running, late, one with two numbers and a long subject.
    for (int i = 0; i < 14; ++i) {
      std::vector<std::string> create = {
          "request",
          "create",
          "--agency",
          i % 3 == 0 ? "DHS/ICE/ERO" : "EOIR",
          "--tracking",
          absl::StrCat("2020-ICFO-", 21220 + i),
          "--subject",
          i == 5 ? "All records about citizen academies, training, instructors and participants"
                 : absl::StrCat("Academy ", i)};
      if (i == 5) create.insert(create.end(), {"--tracking", "CRCL-2020-0123456789-REFERRED"});
      ASSERT_EQ(server_->Foia(create).exit_code, 0);
      const std::string number = absl::StrCat("2020-ICFO-", 21220 + i);
      if (i == 0) continue;
      const char* event = i == 1 ? "sent" : "received";
      ASSERT_EQ(
          server_
              ->Foia({"event", "record", number, event, "--on", absl::StrCat("2020-07-", 10 + i)})
              .exit_code,
          0);
    }
  }
  static void TearDownTestSuite() {
    delete server_;
    delete dir_;
  }

  static RunResult OnTerminal(std::vector<std::string> words, TerminalSize size,
                              Environment environment = {}) {
    words.insert(words.begin(), BinDir() + "/foia");
    environment.insert({{"FOIA_SERVER", server_->address()},
                        {"FOIA_TOKEN_FILE", server_->data() + "/token"},
                        {"TERM", "xterm"},
                        {"NO_COLOR", "1"},
                        {"PAGER", ""},
                        {"LC_ALL", "C.UTF-8"}});
    environment.insert(CleanEnvironment().begin(), CleanEnvironment().end());
    return RunOnTerminal(words, environment, size);
  }

  static inline TempDir* dir_ = nullptr;
  static inline Server* server_ = nullptr;
};

TEST_F(ScreenTest, NothingThatIdentifiesIsCutOnAnyTerminal) {
  const std::vector<std::vector<std::string>> verbs = {
      {"docket", "--as-of", kDay},
      {"docket", "--as-of", kDay, "--view", "all", "--why"},
      {"docket", "--as-of", kDay, "--flat"},
      {"docket", "--as-of", kDay, "--order", "agency"},
      {"request", "list"},
      {"event", "list", "2020-ICFO-21224"},
      {"event", "types"},
      {"deadlines", "show", "2020-ICFO-21224", "--as-of", kDay},
      {"deadlines", "compute", "--jurisdiction", "us-federal", "--events", "2020-07-16 received",
       "--if", "2020-07-20 fee_toll_start", "--as-of", kDay},
      {"agency", "list", "--under", "DHS/ICE"},
      {"rules", "list"},
      {"access", "person", "list"},
      {"access", "label", "list"},
      {"access", "audit", "--limit", "20"}};
  for (const std::vector<std::string>& words : verbs) {
    // For programs: one line a row and nothing left out.
    const RunResult piped = server_->Foia(words);
    ASSERT_EQ(piped.exit_code, 0) << absl::StrJoin(words, " ") << piped.err;
    for (const unsigned short columns : std::initializer_list<unsigned short>{60, 80, 120}) {
      SCOPED_TRACE(absl::StrCat(absl::StrJoin(words, " "), " on ", columns, " columns"));
      const RunResult shown = OnTerminal(words, {24, columns});
      EXPECT_EQ(shown.exit_code, 0) << shown.out;
      std::set<std::string> marks = Marks(shown.out);
      for (const std::string& line : Lines(shown.out)) {
        if (line.size() <= columns) continue;
        // Only one that cannot be broken is longer.
        EXPECT_EQ(line.find(' ', line.find_first_not_of(' ')), std::string::npos) << line;
      }
      for (const std::string& line : Lines(piped.out)) {
        const std::vector<std::string> cells = absl::StrSplit(line, '\t');
        for (const std::string& cell : cells) {
          // The reasons are left out where there is no room; ids of the audit log change.
          if (words[0] == "docket" && &cell == &cells.back() && words.back() != "--why") continue;
          for (const std::string& mark : Marks(cell)) {
            // Ids are shortened to what tells them apart here.
            const bool is_there =
                marks.count(mark) > 0 ||
                (mark.size() == 27 && std::any_of(marks.begin(), marks.end(), [&](const auto& id) {
                   return id.size() >= 12 && absl::StartsWith(mark, id);
                 }));
            if (words[1] != "audit") {
              EXPECT_TRUE(is_there) << mark << "\n" << shown.out;
            }
          }
        }
      }
    }
  }
}

TEST_F(ScreenTest, TheDocketAtEightyColumns) {
  const RunResult shown = OnTerminal({"docket", "--as-of", kDay}, {60, 80});
  std::string text = std::regex_replace(shown.out, std::regex("r01[0-9a-z]{9,}"), "r01REQUESTID");
  EXPECT_THAT(text, AllOf(HasSubstr("REQUEST  TRACKING  AGENCY  STATE  SUBJECT\n"
                                    "  DAYS  DUE         WHO     NEXT\n"),
                          HasSubstr("r01REQUESTID  2020-ICFO-21223  DHS > ICE > ERO  processing"),
                          HasSubstr("2020-ICFO-21225, CRCL-2020-0123456789-REFERRED"),
                          HasSubstr("Last days to sue, later: "), HasSubstr("not legal advice")));
  const std::vector<std::string> lines = Lines(shown.out);
  EXPECT_THAT(lines, Each(::testing::SizeIs(::testing::Le(80))));
  // A request stands once, its dates below.
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const auto& line) {
                            return absl::StrContains(line, "2020-ICFO-21224") &&
                                   absl::StartsWith(line, "r01");
                          }),
            1);
}

TEST_F(ScreenTest, LongOutputGoesThroughThePager) {
  const Environment pager = {{"PAGER", "sed 's/^/> /'"}};
  const std::vector<std::string> docket = {"docket", "--as-of", kDay};
  const RunResult paged = OnTerminal(docket, {24, 80}, pager);
  EXPECT_EQ(paged.exit_code, 0);
  EXPECT_THAT(paged.out, HasSubstr("> r01"));
  EXPECT_THAT(OnTerminal(docket, {200, 80}, pager).out, Not(HasSubstr("> r01")))
      << "it fits the screen";
  std::vector<std::string> plain = docket;
  plain.push_back("--no-pager");
  EXPECT_THAT(OnTerminal(plain, {24, 80}, pager).out,
              AllOf(HasSubstr("r01"), Not(HasSubstr("> r01"))));
  EXPECT_THAT(OnTerminal(docket, {24, 80}, {{"PAGER", "no-such-pager-anywhere"}}).out,
              HasSubstr("Last days to sue"))
      << "without a pager it is shown all the same";
  // An error comes after what was shown, with its exit code.
  EXPECT_EQ(OnTerminal({"docket", "--agency", "Nowhere"}, {24, 80}, pager).exit_code, 3);
}

TEST_F(ScreenTest, PipedRowsAreForPrograms) {
  const RunResult piped = server_->Foia({"docket", "--as-of", kDay});
  const std::vector<std::string> lines = Lines(piped.out);
  EXPECT_EQ(lines[0],
            "DAYS\tDUE\tSAFE\tWHO\tREQUEST\tTRACKING\tAGENCY\tSTATE\tSUBJECT\tNEXT\tTRUST\tWHY");
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    EXPECT_EQ(std::count(lines[i].begin(), lines[i].end(), '\t'), 11) << lines[i];
  }
  EXPECT_THAT(piped.out, AllOf(Not(HasSubstr("  ")), Not(HasSubstr("not legal advice"))));
  EXPECT_THAT(piped.err, AllOf(HasSubstr("due this week "), HasSubstr("not legal advice")));
  EXPECT_EQ(server_->Foia({"docket", "--as-of", kDay, "--quiet"}).err, "");
  EXPECT_THAT(server_->Foia({"docket", "--as-of", kDay, "--width", "80"}).out,
              AllOf(Not(HasSubstr("\t")), HasSubstr("not legal advice")));
}

TEST_F(ScreenTest, LimitsOrdersExclusionsAndSavedViews) {
  const auto numbers = [&](std::vector<std::string> words, const Environment& environment = {}) {
    const RunResult result = server_->Foia(std::move(words), environment);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::vector<std::string> found;
    static const auto& number = *new std::regex("2020-ICFO-([0-9]+)");
    for (std::sregex_iterator it(result.out.begin(), result.out.end(), number), end; it != end;
         ++it) {
      if (found.empty() || found.back() != (*it)[1]) found.push_back((*it)[1]);
    }
    return found;
  };
  const std::vector<std::string> all = numbers({"request", "list", "--order", "number"});
  ASSERT_EQ(all.size(), 14U);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
  EXPECT_EQ(numbers({"request", "list", "--order", "number", "--limit", "3", "--offset", "2"}),
            std::vector<std::string>(all.begin() + 2, all.begin() + 5));
  EXPECT_EQ(numbers({"request", "list", "--not-agency", "EOIR"}).size(), 5U);
  EXPECT_EQ(numbers({"request", "list", "--not-agency", "EOIR", "--not-state", "draft"}).size(),
            4U);
  EXPECT_EQ(server_->Foia({"request", "list", "--not-state", "lost"}).exit_code, 2);

  const Environment home = {{"XDG_CONFIG_HOME", *dir_ / "config"}};
  const std::vector<std::string> ero = numbers({"docket", "--as-of", kDay, "--not-agency", "EOIR",
                                                "--order", "number", "--save", "ero-only"},
                                               home);
  EXPECT_FALSE(ero.empty());
  EXPECT_EQ(numbers({"docket", "--view", "ero-only"}, home), ero);
  std::vector<std::string> turned =
      numbers({"docket", "--view", "ero-only", "--order", "due"}, home);
  std::sort(turned.begin(), turned.end());
  EXPECT_EQ(turned, ero) << "what is typed counts more";
  EXPECT_THAT(server_->Foia({"view", "list"}, home).out, HasSubstr("--not-agency=EOIR"));
  EXPECT_THAT(server_->Foia({"docket", "--view", "ero-onyl"}, home).err,
              HasSubstr("did you mean 'ero-only'?"));
  EXPECT_EQ(server_->Foia({"docket", "--save", "overdue"}, home).exit_code, 2);
  EXPECT_EQ(server_->Foia({"view", "delete", "ero-only"}, home).exit_code, 0);
  EXPECT_EQ(server_->Foia({"view", "delete", "ero-only"}, home).exit_code, 3);
}

TEST_F(ScreenTest, AMissedDateIsDismissedByNameAndThatIsTakenBack) {
  const auto overdue = [&] {
    return server_->Foia({"docket", "--as-of", "2020-09-20", "--view", "overdue"}).out;
  };
  EXPECT_THAT(overdue(), HasSubstr("2020-ICFO-21226"));
  const RunResult which = server_->Foia({"deadlines", "dismiss", "2020-ICFO-21226"});
  EXPECT_EQ(which.exit_code, 2);
  EXPECT_THAT(which.err, HasSubstr("determination_due"));
  const RunResult dismissed = server_->Foia({"deadlines", "dismiss", "2020-ICFO-21226", "--all",
                                             "--on", "2020-09-18", "--note", "we sue"});
  EXPECT_EQ(dismissed.exit_code, 0) << dismissed.err;
  EXPECT_THAT(dismissed.out, HasSubstr("dismissed determination_due, seen on 2020-09-18"));
  EXPECT_THAT(overdue(), Not(HasSubstr("2020-ICFO-21226")));
  EXPECT_THAT(server_->Foia({"docket", "--as-of", "2020-09-20", "--view", "dismissed"}).out,
              AllOf(HasSubstr("2020-ICFO-21226"), HasSubstr("lapsed, seen on 2020-09-18 by "),
                    HasSubstr(": we sue")));
  EXPECT_THAT(server_->Foia({"event", "list", "2020-ICFO-21226"}).out, HasSubstr("lapse_seen"));
  const RunResult too_early = server_->Foia(
      {"deadlines", "dismiss", "2020-ICFO-21227", "determination_due", "--on", "2020-08-01"});
  EXPECT_EQ(too_early.exit_code, 2);
  EXPECT_THAT(too_early.err, HasSubstr("had not lapsed by 2020-08-01"));
}

TEST_F(ScreenTest, EmptyAnswersSayWhatToDo) {
  EXPECT_THAT(server_->Foia({"docket", "--as-of", "2019-01-01", "--not-state", "draft"}).err,
              HasSubstr("nothing for not state draft"));
  EXPECT_THAT(server_->Foia({"docket", "--offset", "5000"}).err, HasSubstr("no more than 5000"));
  EXPECT_THAT(server_->Foia({"view", "list"}).err, HasSubstr("--save NAME"));
  EXPECT_THAT(server_->Foia({"request", "list", "--tag", "none"}).err,
              HasSubstr("no requests with tag none"));
}

}  // namespace
}  // namespace foia::testing
