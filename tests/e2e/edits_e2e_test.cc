// Edits of requests as people make them, and the ids that they type: whole, short, in capitals.
#include <fstream>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "foia/access/v1/access_service.pb.h"
#include "foia/documents/v1/document_service.pb.h"
#include "foia/tracker/v1/agency_service.pb.h"
#include "foia/tracker/v1/matter_service.pb.h"
#include "foia/tracker/v1/request_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/server.h"
#include "tests/support/terminal.h"

namespace foia::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using tracker::v1::Request;

class EditsEndToEndTest : public ::testing::Test {
 protected:
  EditsEndToEndTest() : server_(dir_ / "data") {}

  // As in a terminal, without one to ask at.
  RunResult Type(const std::string& command) {
    return RunProgram(
        {"/bin/sh", "-c",
         absl::StrCat("cd '", dir_ / "", "' && ", BinDir(), "/", command, " < /dev/null")},
        Variables());
  }
  Environment Variables() const {
    return {{"FOIA_SERVER", server_.address()}, {"FOIA_TOKEN_FILE", server_.data() + "/token"}};
  }
  std::string Create(const std::string& options) {
    EXPECT_EQ(Type("foia request create --agency ERO --subject Academy " + options).exit_code, 0);
    const auto list = server_.FoiaJson<tracker::v1::ListRequestsResponse>({"request", "list"});
    return list.requests().rbegin()->name().substr(9);
  }
  Request Show(const std::string& id) { return server_.FoiaJson<Request>({"request", "show", id}); }

  TempDir dir_;
  Server server_;
};

TEST_F(EditsEndToEndTest, UpdatesAddAndTakeOutWhatIsNamed) {
  const std::string id =
      Create("--tag academy --tag ero --party 'requester:IDP' --party 'counsel:CCR'");
  const std::string other = Create("--tag other");
  const RunResult added = Type("foia request update " + id + " --tag urgent --tag ERO");
  EXPECT_EQ(added.exit_code, 0) << added.err;
  EXPECT_THAT(added.err, HasSubstr("changed tags: + urgent"));
  EXPECT_THAT(Show(id).tags(), ElementsAre("academy", "ero", "urgent"));

  EXPECT_THAT(Type("foia request update " + id + " --untag ERO --dry-run").err,
              HasSubstr("would change tags: - ero"));
  EXPECT_THAT(Show(id).tags(), ElementsAre("academy", "ero", "urgent"));
  EXPECT_EQ(Type("foia request update " + id + " --untag ERO").exit_code, 0);
  const RunResult missing = Type("foia request update " + id + " --untag ero");
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, HasSubstr("--untag: 'ero' is none of its tags: academy, urgent"));
  EXPECT_THAT(Type("foia request update " + id + " --tag academy").err,
              HasSubstr("nothing changes"));

  EXPECT_THAT(Type("foia request update " + id +
                   " --party 'researcher:MuckRock' "
                   "--party 'co_requester:ccr'")
                  .err,
              AllOf(HasSubstr("+ researcher: MuckRock"), HasSubstr("- counsel: CCR"),
                    HasSubstr("+ co_requester: CCR")));
  EXPECT_EQ(Show(id).parties_size(), 3);
  EXPECT_EQ(Type("foia request update " + id + " --unparty MuckRock").exit_code, 0);
  EXPECT_EQ(Type("foia request update " + id + " --unparty counsel:CCR").exit_code, 2);
  EXPECT_EQ(Show(id).parties_size(), 2);

  EXPECT_EQ(Type("foia request update " + id + " --link related_to:" + other).exit_code, 0);
  EXPECT_EQ(Type("foia request update " + id + " --tracking 2020-ICFO-1 --notes x").exit_code, 0);
  EXPECT_EQ(Type("foia request update " + id + " --tracking 2020-ICFO-2").exit_code, 0);
  Request shown = Show(id);
  EXPECT_EQ(shown.links_size(), 1);
  EXPECT_THAT(shown.tracking_numbers(), ElementsAre("2020-ICFO-1", "2020-ICFO-2"));
  EXPECT_THAT(Type("foia request update " + other + " --unlink " + id).err,
              HasSubstr("the link stands in the other request"));
  EXPECT_EQ(Type("foia request update " + id + " --unlink " + other).exit_code, 0);
  EXPECT_EQ(Type("foia request update " + id + " --clear tags --tag one --clear notes").exit_code,
            0);
  shown = Show(id);
  EXPECT_THAT(shown.links(), IsEmpty());
  EXPECT_THAT(shown.tags(), ElementsAre("one"));
  EXPECT_EQ(shown.notes(), "");
  EXPECT_THAT(Type("foia request update " + id + " --clear note").err,
              HasSubstr("did you mean 'notes'"));

  EXPECT_EQ(Type("foia matter create Academies --code IDP-7 --tag a --tag b").exit_code, 0);
  EXPECT_THAT(Type("foia matter update idp-7 --tag c --untag a --party counsel:CCR").err,
              AllOf(HasSubstr("tags: - a + c"), HasSubstr("parties: + counsel: CCR")));
  const auto matter = server_.FoiaJson<tracker::v1::Matter>({"matter", "show", "IDP-7"});
  EXPECT_THAT(matter.tags(), ElementsAre("b", "c"));
  EXPECT_THAT(Type("foia matter history IDP-7").out, HasSubstr("parties: + counsel: CCR"));
  EXPECT_EQ(Type("foia matter undo IDP-7 --yes").exit_code, 0);
  EXPECT_EQ(Type("foia matter undo IDP-7 --yes").exit_code, 7);

  EXPECT_EQ(Type("foia agency update TSA --alias 'Screeners' --alias 'Airport people'").exit_code,
            0);
  EXPECT_EQ(Type("foia agency update TSA --alias Third").exit_code, 0);
  EXPECT_EQ(Type("foia agency show Screeners").exit_code, 0);
}

TEST_F(EditsEndToEndTest, HistoryUndoAndTwoPeopleAtOnce) {
  const std::string id = Create("--notes first");
  const std::string etag = Show(id).etag();
  EXPECT_EQ(Type("foia request update " + id + " --notes second --tag a").exit_code, 0);
  EXPECT_EQ(Type("foia event record " + id + " sent --on 2020-07-16").exit_code, 0);
  const RunResult late = Type("foia request update " + id + " --notes third --etag " + etag);
  EXPECT_EQ(late.exit_code, 7);
  EXPECT_THAT(late.err, AllOf(HasSubstr("has changed since it was read"),
                              HasSubstr("notes first -> second"), HasSubstr("tags + a"),
                              HasSubstr("Read it again and repeat the change. [STALE_ETAG]")));
  EXPECT_EQ(Show(id).notes(), "second");

  const RunResult history = Type("foia request history " + id);
  EXPECT_EQ(history.exit_code, 0) << history.err;
  EXPECT_THAT(history.out,
              AllOf(HasSubstr("opened"), HasSubstr("tags: + a; notes: first -> second"),
                    HasSubstr("recorded sent on Thu 2020-07-16"), HasSubstr("Owner")));
  const auto edits =
      server_.FoiaJson<tracker::v1::ListRequestEditsResponse>({"request", "history", id});
  ASSERT_EQ(edits.edits_size(), 1);
  const std::string edit = edits.edits(0).name().substr(edits.edits(0).name().rfind('/') + 1);

  // Nobody to ask: it says what it would do, and how.
  const RunResult asked = Type("foia request undo " + id);
  EXPECT_EQ(asked.exit_code, 2);
  EXPECT_THAT(asked.err, AllOf(HasSubstr("tags: + a; notes: first -> second"),
                               HasSubstr("'foia request undo " + id + " " + edit + "'")));
  // At a terminal it asks, and what is not yes is no.
  const RunResult no = RunOnTerminal({BinDir() + "/foia", "request", "undo", id}, Variables(),
                                     {24, 400}, absl::Seconds(60), "n\n");
  EXPECT_THAT(no.out,
              AllOf(HasSubstr("take back the edit " + edit), HasSubstr("nothing was taken back")));
  EXPECT_EQ(Show(id).notes(), "second");
  EXPECT_EQ(
      Type("foia request undo " + id + " " + absl::AsciiStrToUpper(edit.substr(0, 14))).exit_code,
      0);
  EXPECT_EQ(Show(id).notes(), "first");
  EXPECT_EQ(Type("foia request undo " + id + " --yes").exit_code, 7);
  EXPECT_THAT(Type("foia request history " + id).out,
              AllOf(HasSubstr("(taken back by c0"), HasSubstr("(took back " + edit + ")")));

  EXPECT_EQ(Type("foia request update " + id + " --notes one").exit_code, 0);
  EXPECT_EQ(Type("foia request update " + id + " --notes two").exit_code, 0);
  const auto more =
      server_.FoiaJson<tracker::v1::ListRequestEditsResponse>({"request", "history", id});
  const RunResult since = Type("foia request undo " + id + " " +
                               more.edits(2).name().substr(more.edits(2).name().rfind('/') + 1));
  EXPECT_EQ(since.exit_code, 7);
  EXPECT_THAT(since.err, HasSubstr("'notes' was changed again since: it is now two"));
}

TEST_F(EditsEndToEndTest, AnOwnerMustBeAbleToSeeIt) {
  EXPECT_EQ(Type("foia access person create 'Ana Ruiz'").exit_code, 0);
  const RunResult refused = Type("foia request create --agency ERO --subject x --owner 'Ana Ruiz'");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("Ana Ruiz may not see it"),
                                 HasSubstr("'foia access grant set private p0")));
  EXPECT_EQ(Type("foia access grant set private 'Ana Ruiz' editor").exit_code, 0);
  const std::string id = Create("--owner 'Ana Ruiz'");
  EXPECT_EQ(Type("foia access grant delete private 'Ana Ruiz'").exit_code, 0);
  EXPECT_THAT(Type("foia request show " + id).out, HasSubstr("(Ana Ruiz may not see it)"));
  const RunResult docket = Type("foia docket --view all");
  EXPECT_THAT(docket.out + docket.err,
              HasSubstr("nobody looks after " + id + ": Ana Ruiz may not see it"));
  EXPECT_EQ(Type("foia request copy " + id + " --agency CBP").exit_code, 0);
  EXPECT_EQ(Type("foia event record " + id + " received --on 2020-07-20").exit_code, 0);
  EXPECT_EQ(Type("foia request refer " + id + " --to USCIS --on 2020-08-03").exit_code, 0);
  std::ofstream(dir_ / "set.csv") << "agency,owner\nTSA,Ana Ruiz\nFEMA,me\n";
  const RunResult set = Type("foia request create --to set.csv --subject Set");
  EXPECT_EQ(set.exit_code, 4);
  EXPECT_THAT(set.out, HasSubstr("Ana Ruiz may not see it"));
  EXPECT_THAT(set.err, HasSubstr("1 opened, 1 failed"));
  EXPECT_EQ(Type("foia matter create X --owner 'Ana Ruiz'").exit_code, 2);
}

// Everywhere that the command line takes an id.
TEST_F(EditsEndToEndTest, ShortIdsAreTakenEverywhere) {
  std::ofstream(dir_ / "file.pdf") << "no PDF, kept all the same\n";
  std::ofstream(dir_ / "other.pdf") << "another one\n";
  const std::string request = Create("--notes x");
  Create("--notes y");
  std::map<std::string, std::string> ids = {{"{R}", request}};
  const auto first_id = [](const google::protobuf::Message&, const std::string& name) {
    return name.substr(name.rfind('/') + 1);
  };
  const auto run_json = [&](std::vector<std::string> arguments, auto message) {
    message = server_.FoiaJson<decltype(message)>(std::move(arguments));
    return message;
  };
  for (const char* title : {"One", "Two"}) {
    const auto matter = run_json({"matter", "create", title}, tracker::v1::Matter());
    ids["{M}"] = first_id(matter, matter.name());
    const auto person = run_json({"access", "person", "create", title}, access::v1::Person());
    ids["{P}"] = first_id(person, person.name());
    const auto label = run_json({"access", "label", "create", title}, access::v1::Label());
    ids["{L}"] = first_id(label, label.name());
  }
  const auto agency = run_json({"agency", "show", "CBP"}, tracker::v1::Agency());
  ids["{A}"] = first_id(agency, agency.name());
  const auto sent = run_json({"event", "record", request, "sent", "--on", "2020-07-01"},
                             tracker::v1::CreateEventResponse());
  EXPECT_EQ(Type("foia event record " + request + " received --on 2020-07-06").exit_code, 0);
  const auto denied = run_json({"event", "record", request, "full_denial", "--on", "2020-07-20"},
                               tracker::v1::CreateEventResponse());
  ids["{E}"] = first_id(sent, sent.event().name());
  ids["{N}"] = first_id(denied, denied.event().name());
  EXPECT_EQ(Type("foia upload file.pdf other.pdf --request " + request).exit_code, 0);
  const auto documents = run_json({"document", "list"}, documents::v1::ListDocumentsResponse());
  ASSERT_EQ(documents.documents_size(), 2);
  ids["{D}"] = first_id(documents, documents.documents(0).name());
  const auto token =
      run_json({"access", "token", "create", ids["{P}"]}, access::v1::CreateTokenResponse());
  ids["{T}"] = first_id(token, token.token().name());
  EXPECT_EQ(Type("foia access grant set private " + ids["{P}"] + " viewer").exit_code, 0);

  const char* const kCommands[] = {
      "request show {R}",
      "request history {R}",
      "request verify {R}",
      "request update {R} --matter {M}",
      "request update {R} --owner {P}",
      "request update {R} --notes z",
      "request undo {R} --yes",
      "request copy {R} --agency {A} --matter {M} --again",
      "request refer {R} --to {A} --on 2020-08-03 --consultation",
      "request create --agency {A} --subject x --matter {M} --owner {P} --label private",
      "request list --matter {M} --owner {P} --agency {A}",
      "request list --not-matter {M} --not-owner {P}",
      "docket --matter {M} --owner {P} --agency {A}",
      "event list {R}",
      "event record {R} sent --on 2020-07-02 --supersedes {E} --evidence {D}",
      "event record {R} appeal_sent --on 2020-08-03 --set determination={N}",
      "event record {R} note --on 2020-08-04 --set of={N}",
      "event record note --each 'matter={M}' --on 2020-08-05",
      "deadlines show {R}",
      "release show {R}",
      "matter show {M}",
      "matter update {M} --tag x --owner me",
      "matter history {M}",
      "matter undo {M} --yes",
      "agency show {A}",
      "agency update {A} --notes x",
      "document list --request {R}",
      "document doubtful --request {R}",
      "document show {D}",
      "document pages {D}",
      "document update {D} --kind letter",
      "document download {D} --out -",
      "search academy --request {R}",
      "search request:{R}",
      "search doc:{D}",
      "upload file.pdf --request {R}",
      "access grant set {L} {P} editor",
      "access grant delete {L} {P}",
      "access token create {P}",
      "access token revoke {T}",
  };
  for (const char* command : kCommands) {
    for (const bool is_short : {true, false}) {
      std::vector<std::pair<std::string, std::string>> words;
      for (const auto& [place, id] : ids) {
        // A letter, ten for the time, four by chance.
        words.emplace_back(place, is_short ? absl::AsciiStrToUpper(id.substr(0, 15)) : id);
      }
      std::string typed = absl::StrReplaceAll(command, words);
      const bool again =
          absl::StrContains(typed, "event record") || absl::StrContains(typed, " undo ") ||
          absl::StrContains(typed, "grant delete") || absl::StrContains(typed, " refer ");
      if (again && !is_short) continue;  // once is enough, and twice is refused
      const RunResult result = Type("foia " + typed);
      EXPECT_EQ(result.exit_code, 0) << typed << "\n" << result.out << result.err;
    }
  }
  // What was meant is what is stored.
  const auto events = run_json({"event", "list", request}, tracker::v1::ListEventsResponse());
  int found = 0;
  for (const tracker::v1::Event& event : events.events()) {
    if (!event.supersedes().empty()) {
      EXPECT_EQ(event.supersedes(), sent.event().name());
      EXPECT_THAT(event.evidence(), ElementsAre("documents/" + ids["{D}"]));
      ++found;
    }
    const auto of = event.attributes().find("of");
    if (of != event.attributes().end()) found += of->second == ids["{N}"] ? 1 : 0;
    const auto against = event.attributes().find("determination");
    if (against != event.attributes().end()) found += against->second == ids["{N}"] ? 1 : 0;
  }
  EXPECT_EQ(found, 3);

  // Five letters fit all there are: both candidates are named.
  for (const auto& [command, place] : std::vector<std::pair<std::string, std::string>>{
           {"request show {R}", "{R}"},
           {"document list --request {R}", "{R}"},
           {"search academy --request {R}", "{R}"},
           {"matter show {M}", "{M}"},
           {"request list --matter {M}", "{M}"},
           {"document show {D}", "{D}"},
           {"search doc:{D}", ""},
           {"event record " + request + " note --on 2020-08-04 --set of={N}", "{N}"},
           {"event record " + request + " sent --on 2020-08-04 --supersedes {E}", "{E}"},
           {"access token create {P}", "{P}"},
           {"access grant set {L} " + ids["{P}"] + " viewer", "{L}"},
           {"request list --owner {P}", "{P}"},
           {"docket --owner {P}", "{P}"}}) {
    std::vector<std::pair<std::string, std::string>> words;
    for (const auto& [each, id] : ids) words.emplace_back(each, id.substr(0, 5));
    const RunResult result = Type("foia " + absl::StrReplaceAll(command, words));
    if (place.empty()) continue;  // nothing is indexed of these files
    EXPECT_EQ(result.exit_code, 2) << command << "\n" << result.out << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr("fits several"), HasSubstr(ids[place].substr(0, 5)),
                                  HasSubstr("[AMBIGUOUS_NAME]")))
        << command;
    if (place != "{R}" && place != "{N}") {
      EXPECT_THAT(result.err, HasSubstr(ids[place])) << command;
    }
  }
}

}  // namespace
}  // namespace foia::testing
