// Slips of a person at the command line: a wrong year, undo after a command that failed, a request
// opened by mistake.
#include "absl/strings/str_cat.h"
#include "foia/tracker/v1/request_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/server.h"
#include "tests/support/terminal.h"

namespace foia::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using tracker::v1::ListEventsResponse;
using tracker::v1::Request;

class SlipsE2eTest : public ::testing::Test {
 protected:
  SlipsE2eTest() : server_(dir_ / "data", {"--roles", "tracker,documents"}) {
    id_ = server_
              .FoiaJson<Request>({"request", "create", "--agency", "ERO", "--subject", "Academy",
                                  "--tracking", "2020-ICFO-21220"})
              .name()
              .substr(9);
  }
  RunResult Foia(const std::vector<std::string>& words) { return server_.Foia(words); }
  // Events that stand.
  std::vector<std::string> Events() {
    std::vector<std::string> names;
    const auto list = server_.FoiaJson<ListEventsResponse>({"event", "list", id_});
    for (const auto& event : list.events()) {
      const bool stands =
          event.superseded_by().empty() && event.type() != tracker::v1::EVENT_TYPE_CORRECTION;
      if (stands) names.push_back(event.name().substr(event.name().rfind('/') + 1));
    }
    return names;
  }
  RunResult OnTerminal(std::vector<std::string> words, const std::string& typed) {
    words.insert(words.begin(), BinDir() + "/foia");
    Environment environment = {{"FOIA_SERVER", server_.address()},
                               {"FOIA_TOKEN_FILE", server_.data() + "/token"},
                               {"TERM", "xterm"},
                               {"NO_COLOR", "1"},
                               {"PAGER", ""}};
    environment.insert(CleanEnvironment().begin(), CleanEnvironment().end());
    return RunOnTerminal(words, environment, {24, 120}, absl::Seconds(60), typed);
  }

  TempDir dir_;
  Server server_;
  std::string id_;
};

TEST_F(SlipsE2eTest, AYearThatLiesAheadIsRefusedWithTheLikelyDate) {
  ASSERT_EQ(Foia({"event", "record", id_, "sent", "--on", "2020-07-16"}).exit_code, 0);
  const RunResult refused = Foia({"event", "record", id_, "received", "--on", "7/20/2202"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("received of 2202-07-20 lies after today"),
                                 HasSubstr("the likely date is "), HasSubstr("--future"),
                                 HasSubstr("[UNLIKELY_DATE]")));
  const RunResult each = Foia(
      {"event", "record", "received", "--each", "tag=none", "--on", "2202-07-20", "--dry-run"});
  EXPECT_NE(each.exit_code, 0);
  const RunResult before =
      Foia({"event", "record", id_, "expedite_requested", "--on", "2019-07-20"});
  EXPECT_EQ(before.exit_code, 7);
  EXPECT_THAT(before.err, HasSubstr("before-the-request"));
  EXPECT_EQ(Events().size(), 1u);
  const RunResult meant =
      Foia({"event", "record", id_, "note", "--on", "2202-07-20", "--future", "--note", "x"});
  EXPECT_EQ(meant.exit_code, 0) << meant.err;
  EXPECT_THAT(meant.err, HasSubstr("lies in the future"));
}

TEST_F(SlipsE2eTest, UndoNamesWhatItTakesBackAndAsks) {
  ASSERT_EQ(Foia({"event", "record", id_, "sent", "--on", "2020-07-16"}).exit_code, 0);
  ASSERT_EQ(Foia({"event", "record", id_, "received", "--on", "2020-07-20"}).exit_code, 0);
  const std::vector<std::string> both = Events();
  ASSERT_EQ(both.size(), 2u);
  // A command that fails, then undo: the fact before it stands.
  ASSERT_NE(Foia({"event", "record", id_, "determination", "--on", "2202-08-03"}).exit_code, 0);
  const RunResult unasked = Foia({"event", "undo", id_});
  EXPECT_EQ(unasked.exit_code, 2);
  EXPECT_EQ(unasked.out, "");
  EXPECT_THAT(unasked.err, AllOf(HasSubstr("received on Mon 2020-07-20"), HasSubstr(", recorded 2"),
                                 HasSubstr(absl::StrCat("'foia event undo ", id_, " ", both[1]))));
  EXPECT_EQ(Events(), both);
  for (const char* typed : {"\n", "n\n", "what?\n"}) {
    const RunResult asked = OnTerminal({"event", "undo", id_}, typed);
    EXPECT_EQ(asked.exit_code, 0);
    EXPECT_THAT(asked.out, AllOf(HasSubstr("take back received on Mon 2020-07-20"),
                                 HasSubstr("[y/N]"), HasSubstr("nothing was taken back")));
    EXPECT_EQ(Events(), both);
  }
  const RunResult other = Foia({"event", "undo", id_, both[0]});
  EXPECT_EQ(other.exit_code, 7);
  EXPECT_THAT(other.err, HasSubstr("[NOT_LAST_EVENT]"));
  EXPECT_EQ(Events(), both);

  const RunResult agreed = OnTerminal({"event", "undo", id_}, "y\n");
  EXPECT_THAT(agreed.out, HasSubstr("took back received on Mon 2020-07-20"));
  EXPECT_EQ(Events().size(), 1u);
  const RunResult back = OnTerminal({"event", "undo", id_}, "yes\n");
  EXPECT_THAT(back.out, HasSubstr("stands again: received on Mon 2020-07-20"));
  ASSERT_EQ(Events().size(), 2u);
  EXPECT_EQ(Foia({"event", "undo", id_, Events()[1].substr(0, 20)}).exit_code, 0);
  EXPECT_EQ(Events().size(), 1u);
  EXPECT_EQ(Foia({"event", "undo", id_, "--yes"}).exit_code, 0);
  EXPECT_EQ(Events().size(), 2u);
}

TEST_F(SlipsE2eTest, ARequestOpenedByMistakeIsVoidedAndBack) {
  ASSERT_EQ(Foia({"event", "record", id_, "received", "--on", "2020-07-16"}).exit_code, 0);
  const RunResult voided = Foia({"request", "void", id_, "--reason", "opened twice"});
  EXPECT_EQ(voided.exit_code, 0) << voided.err;
  EXPECT_THAT(voided.out, HasSubstr("the request is voided"));
  EXPECT_THAT(Foia({"request", "list"}).out, Not(HasSubstr("Academy")));
  EXPECT_THAT(Foia({"docket", "--view", "all"}).out, Not(HasSubstr("Academy")));
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"request", "list", "--voided"},
                                             {"request", "list", "--state", "voided"},
                                             {"request", "show", "2020-ICFO-21220"}}) {
    EXPECT_THAT(Foia(words).out, AllOf(HasSubstr("Academy"), HasSubstr("voided")));
  }
  EXPECT_THAT(Foia({"request", "show", id_}).out, HasSubstr(": opened twice"));
  EXPECT_THAT(Foia({"deadlines", "show", id_}).out,
              AllOf(HasSubstr("voided on "), HasSubstr("opened twice; nothing is due")));
  const RunResult refused = Foia({"event", "record", id_, "determination", "--on", "2020-08-03"});
  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_THAT(refused.err, HasSubstr("[REQUEST_VOIDED]"));
  // Another request takes its number.
  EXPECT_EQ(Foia({"request", "create", "--agency", "ERO", "--subject", "Right", "--tracking",
                  "2020-ICFO-21220"})
                .exit_code,
            0);
  EXPECT_THAT(Foia({"request", "show", "2020-ICFO-21220"}).out, HasSubstr("Right"));

  const RunResult back = Foia({"request", "void", id_, "--undo"});
  EXPECT_EQ(back.exit_code, 0) << back.err;
  EXPECT_THAT(back.out, HasSubstr("no longer voided"));
  EXPECT_THAT(Foia({"request", "list"}).out, HasSubstr("Academy"));
  EXPECT_EQ(Foia({"request", "void", id_, "--undo"}).exit_code, 7);
}

}  // namespace
}  // namespace foia::testing
