// The docket and the reloading of rules, as a person and a service manager use them.
#include <csignal>

#include "foia/tracker/v1/request_service.pb.h"
#include "foia/tracker/v1/rules_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/civil_date.h"
#include "tests/e2e/server.h"

namespace foia::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// The shipped federal rules with another number of days to determine.
std::string FederalRules(const std::string& days) {
  std::string text = ReadFile(SourceDir() + "/services/tracker/rules/us-federal.textproto");
  const size_t at = text.find("n: 20 ", text.find("id: \"determination_due\""));
  text.replace(at, 6, "n: " + days + " ");
  return text;
}

TEST(DocketEndToEndTest, ViewsFormsAndRulesThatChange) {
  const TempDir dir;
  const std::string rules = dir / "rules";
  std::filesystem::create_directory(rules);
  Server server(dir / "data", {"--rules", rules});
  EXPECT_THAT(server.Foia({"docket"}).err, HasSubstr("nothing on the docket yet"));

  const auto request = server.FoiaJson<tracker::v1::Request>(
      {"request", "create", "--agency", "ERO", "--subject", "=Academy <b>"});
  const std::string id = request.name().substr(9);
  for (const char* event : {"sent", "received", "acknowledged"}) {
    ASSERT_EQ(server.Foia({"event", "record", id, event, "--on", "2020-07-16"}).exit_code, 0);
  }
  const RunResult due = server.Foia({"docket", "--view", "due", "--as-of", "2020-08-10"});
  EXPECT_EQ(due.exit_code, 0) << due.err;
  EXPECT_THAT(due.out, AllOf(HasSubstr("2020-08-13"),
                             HasSubstr("20 working days from receipt on 2020-07-16")));
  EXPECT_THAT(due.err,
              AllOf(HasSubstr("due this week 1, overdue 0"), HasSubstr("not legal advice")));
  EXPECT_THAT(
      server
          .Foia({"docket", "--owner", "me", "--order", "agency", "--view", "all", "--width", "80"})
          .out,
      HasSubstr("DHS > ICE > ERO  ("));
  EXPECT_THAT(server.Foia({"docket", "--tag", "none"}).err, HasSubstr("nothing for tag none"));
  EXPECT_EQ(server.Foia({"docket", "--agency", "Nowhere"}).exit_code, 3);
  EXPECT_EQ(server.Foia({"docket", "--state", "lost"}).exit_code, 2);
  EXPECT_THAT(server.Foia({"docket", "--csv", "--view", "all"}).out,
              AllOf(HasSubstr("request,tracking_numbers,agency,"), HasSubstr(",'=Academy <b>,"),
                    HasSubstr("\r\n")));
  EXPECT_THAT(server.Foia({"docket", "--print", "--owner", "me", "--view", "all"}).out,
              AllOf(HasSubstr("<!DOCTYPE html>"), HasSubstr("=Academy &lt;b&gt;"),
                    HasSubstr("<p>view all, owner me</p>"), HasSubstr("not legal advice"),
                    Not(HasSubstr("<b>"))));

  EXPECT_THAT(server.Foia({"rules", "list", "--width", "0"}).out,
              AllOf(HasSubstr("us-federal-dhs"), HasSubstr("digest of all rules: ")));
  EXPECT_THAT(server.Foia({"rules", "reload"}).out, HasSubstr("no rule has changed"));
  WriteFile(rules + "/us-federal.textproto", FederalRules("25"));
  const RunResult dry = server.Foia({"rules", "reload", "--dry-run"});
  EXPECT_THAT(dry.out, AllOf(HasSubstr("not in force: dates of 1 of 1 request would move"),
                             HasSubstr("Thu 2020-08-13\tThu 2020-08-20")));
  EXPECT_THAT(server.Foia({"docket", "--view", "all"}).out, HasSubstr("2020-08-13"));
  server.process().Signal(SIGHUP);
  EXPECT_TRUE(WaitUntil(
      [&] {
        return server.Foia({"docket", "--view", "all"}).out.find("2020-08-20") != std::string::npos;
      },
      absl::Seconds(30)));
  EXPECT_THAT(ReadFile(server.log()), HasSubstr("\"event\":\"rules\""));

  // A file that does not load: by command and by signal the old rules stay.
  WriteFile(rules + "/mine.textproto", "calendars { nonsense }\n");
  const RunResult broken = server.Foia({"rules", "reload"});
  EXPECT_EQ(broken.exit_code, 8) << broken.err;
  EXPECT_THAT(broken.err, AllOf(HasSubstr("mine.textproto:1"), HasSubstr("[INVALID_RULES]")));
  server.process().Signal(SIGHUP);
  EXPECT_TRUE(
      WaitUntil([&] { return ReadFile(server.log()).find("rules_refused") != std::string::npos; },
                absl::Seconds(30)));
  EXPECT_THAT(server.Foia({"docket", "--view", "all"}).out, HasSubstr("2020-08-20"));

  // Files edited while foiad was stopped: the start says what moved.
  std::filesystem::remove(rules + "/mine.textproto");
  WriteFile(rules + "/us-federal.textproto", FederalRules("30"));
  EXPECT_EQ(server.Stop(), 0);
  Server again(dir / "data", {"--rules", rules});
  EXPECT_THAT(again.Foia({"docket", "--view", "all"}).out, HasSubstr("2020-08-27"));
  EXPECT_THAT(ReadFile(again.log()), HasSubstr("\"computed\":\"1\",\"moved\":\"1\""));
}

// "Today" said of a request is the day at its agency, wherever the clock of this machine stands: of
// these two zones, 26 hours apart, at least one has another day than Washington.
TEST(DocketEndToEndTest, TodayIsTheDayAtTheAgency) {
  const TempDir dir;
  Server server(dir / "data");
  for (const char* zone : {"Etc/GMT-14", "Etc/GMT+12"}) {
    const auto request = server.FoiaJson<tracker::v1::Request>(
        {"request", "create", "--agency", "ERO", "--subject", "Academy", "--tag", "zones"});
    const std::string id = request.name().substr(9);
    const auto day = [&](const char* word, const char* event) {
      const RunResult result =
          server.Foia({"event", "record", id, event, "--on", word, "--json"}, {{"TZ", zone}});
      EXPECT_EQ(result.exit_code, 0) << result.err;
      EXPECT_THAT(result.out, Not(HasSubstr("future"))) << zone;
      tracker::v1::CreateEventResponse made;
      Server::ParseJson(result, made);
      return DateFromProto(made.event().effective_on(), "day").value();
    };
    absl::TimeZone washington;
    ASSERT_TRUE(absl::LoadTimeZone("America/New_York", &washington));
    const CivilDate before = absl::ToCivilDay(absl::Now(), washington);
    const CivilDate sent = day("-3d", "sent");
    const CivilDate received = day("yesterday", "received");
    const CivilDate acknowledged = day("today", "acknowledged");
    const CivilDate after = absl::ToCivilDay(absl::Now(), washington);
    EXPECT_GE(sent, before - 3);
    EXPECT_LE(sent, after - 3);
    EXPECT_GE(received, before - 1);
    EXPECT_LE(received, after - 1);
    EXPECT_GE(acknowledged, before);
    EXPECT_LE(acknowledged, after);
  }
  // On many as on one.
  for (const char* zone : {"Etc/GMT-14", "Etc/GMT+12"}) {
    absl::TimeZone washington;
    ASSERT_TRUE(absl::LoadTimeZone("America/New_York", &washington));
    const CivilDate before = absl::ToCivilDay(absl::Now(), washington);
    const RunResult result = server.Foia({"event", "record", "note", "--each", "tag=zones", "--on",
                                          "today", "--note", zone, "--dry-run"},
                                         {{"TZ", zone}});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const CivilDate after = absl::ToCivilDay(absl::Now(), washington);
    EXPECT_THAT(result.out + result.err,
                ::testing::AnyOf(HasSubstr(FormatDate(before)), HasSubstr(FormatDate(after))));
  }
}

}  // namespace
}  // namespace foia::testing
