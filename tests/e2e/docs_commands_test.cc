// Every command that README, docs and help show is one that foia takes, and those that stand in
// blocks do what they say, in their order, on a real server.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "foia/documents/v1/document_service.pb.h"
#include "foia/tracker/v1/request_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/server.h"
#include "tests/support/zip.h"

namespace foia::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr int kUsage = 2;

struct Command {
  std::string where;
  std::string text;   // as for a shell
  bool whole = true;  // not only words of a sentence
};

// What a block shows of a command: on some lines an explanation stands behind it.
std::string WithoutRemark(const std::string& line) {
  return line.substr(0, std::min(line.find("   "), line.size()));
}

std::vector<Command> CommandsOf(const std::string& path, const std::string& name) {
  std::vector<Command> commands;
  std::ifstream in(path);
  EXPECT_TRUE(in.good()) << path;
  bool block = false;
  int number = 0;
  static const std::regex& inline_code = *new std::regex("`(foia [^`]*)`");
  for (std::string line; std::getline(in, line);) {
    ++number;
    const std::string where = absl::StrCat(name, ":", number);
    if (absl::StartsWith(line, "```")) {
      block = !block;
    } else if (block) {
      const bool typed = absl::StartsWith(line, "$ ");
      std::string text = WithoutRemark(typed ? line.substr(2) : line);
      while (absl::EndsWith(text, "\\") && std::getline(in, line)) {
        ++number;
        text.pop_back();
        text += WithoutRemark(line.substr(std::min(line.find_first_not_of(' '), line.size())));
      }
      if (absl::StartsWith(text, "foia ")) commands.push_back({where, text, true});
    } else {
      for (auto it = std::sregex_iterator(line.begin(), line.end(), inline_code);
           it != std::sregex_iterator(); ++it) {
        commands.push_back({where, (*it)[1], false});
      }
    }
  }
  return commands;
}

std::vector<std::string> Documents() {
  std::vector<std::string> names{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"};
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(absl::StrCat(SourceDir(), "/docs"))) {
    if (entry.path().extension() != ".md") continue;
    names.push_back(entry.path().lexically_relative(SourceDir()).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The examples that the help of `words` and of all below it shows.
void AddExamples(const std::vector<std::string>& words, std::vector<Command>* commands) {
  std::vector<std::string> arguments = words;
  arguments.emplace_back("--help");
  const RunResult help = Foia(arguments);
  EXPECT_EQ(help.exit_code, 0) << help.err;
  std::string part;
  bool continued = false;
  const std::vector<std::string> lines = absl::StrSplit(help.out, '\n');
  for (const std::string& line : lines) {
    if (!absl::StartsWith(line, " ")) part = line;
    if (part == "Examples:" && continued) {
      absl::StrAppend(&commands->back().text, line);
    } else if (part == "Examples:" && absl::StartsWith(line, "  foia ")) {
      commands->push_back({absl::StrCat("foia ", absl::StrJoin(words, " "), " --help"),
                           WithoutRemark(line.substr(2))});
    }
    continued = absl::EndsWith(line, "\\");
    if (continued && !commands->empty()) commands->back().text.pop_back();
    if (part == "Subcommands:" && absl::StartsWith(line, "  ") && line[2] != ' ') {
      std::vector<std::string> below = words;
      below.push_back(line.substr(2, line.find(' ', 2) - 2));
      AddExamples(below, commands);
    }
  }
}

// A folder to type in, with foia on the path.
class Desk {
 public:
  Desk() {
    std::filesystem::create_directory(dir_ / "bin");
    std::filesystem::create_symlink(BinDir() + "/foia", dir_ / "bin/foia");
    std::filesystem::create_symlink(SourceDir() + "/tests", dir_ / "tests");
    Write("bin/mail", "#!/bin/sh\ncat\n");
    std::filesystem::permissions(dir_ / "bin/mail", std::filesystem::perms::owner_all);
  }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(dir_ / name) << text;
  }
  RunResult Type(const std::string& command, Environment environment) const {
    environment["PATH"] = absl::StrCat(dir_ / "bin", ":", std::getenv("PATH"));
    environment["XDG_CONFIG_HOME"] = dir_ / "config";
    return RunProgram(
        {"/bin/bash", "-c", absl::StrCat("set -o pipefail; cd '", dir_ / "", "'; ", command)},
        environment, absl::Seconds(120));
  }
  std::string path() const { return dir_ / ""; }

 private:
  TempDir dir_;
};

// Without a server a command that foia takes fails for want of one, or of a file, and no earlier.
TEST(DocsCommandsTest, FoiaTakesEveryCommandThatDocsAndHelpShow) {
  std::vector<Command> commands;
  for (const std::string& name : Documents()) {
    for (Command& c : CommandsOf(absl::StrCat(SourceDir(), "/", name), name)) {
      commands.push_back(std::move(c));
    }
  }
  EXPECT_GT(commands.size(), 90U);
  AddExamples({}, &commands);
  EXPECT_GT(commands.size(), 180U);
  const Desk desk;
  for (const Command& command : commands) {
    const std::string text = absl::StrReplaceAll(command.text.substr(0, command.text.find(" | ")),
                                                 {{"EVENT", "sent"}, {"DATE", "today"}});
    const RunResult result =
        desk.Type(absl::StrCat("timeout 20 ", text, " </dev/null"),
                  {{"FOIA_SERVER", "127.0.0.1:1"}, {"FOIA_TOKEN_FILE", "nowhere"}});
    if (result.exit_code != kUsage) continue;
    // What a sentence names need not be complete.
    EXPECT_FALSE(command.whole) << command.where << ": " << command.text << "\n" << result.err;
    EXPECT_THAT(result.err, AnyOf(HasSubstr(" is required"), HasSubstr(" missing\n"),
                                  HasSubstr("[OPTIONS] SUBCOMMAND\n")))
        << command.where << ": " << command.text;
  }
}

class DocsTourTest : public ::testing::Test {
 protected:
  DocsTourTest() : server_(desk_.path() + "data", {"--rules", Folder("rules")}) {
    desk_.Write("letter.txt", "All records of the ERO Citizen Academy.\n");
    desk_.Write("offices.csv", "Agency,Tags\nERO/Atlanta,ero\nERO/Boston,ero\n");
    desk_.Write("letters.csv",
                "tracking,on,source\n2020-ICFO-21220,7/16/2020,acknowledgement letter\n");
    EXPECT_EQ(RunProgram({BinDir() + "/foia-sample", desk_.path() + "ero-release.pdf"}).exit_code,
              0);
    std::filesystem::copy_file(desk_.path() + "ero-release.pdf", desk_.path() + "carta.pdf");
    std::ostringstream pdf;
    pdf << std::ifstream(desk_.path() + "carta.pdf", std::ios::binary).rdbuf();
    desk_.Write("part2.zip", MakeZip({{"letters/carta.pdf", pdf.str()}}));
  }

  std::string Folder(const std::string& name) const {
    std::filesystem::create_directory(desk_.path() + name);
    return desk_.path() + name;
  }
  RunResult Type(const std::string& command) const {
    return desk_.Type(command, {{"FOIA_SERVER", server_.address()},
                                {"FOIA_TOKEN_FILE", server_.data() + "/token"}});
  }
  // What the guides take for granted.
  void Prepare() const {
    for (const char* command :
         {"foia matter create 'ICE citizen academies' --code IDP-7",
          "foia request create --agency ERO --subject Academy --matter IDP-7 --tracking "
          "2020-ICFO-21220",
          "foia event record 2020-ICFO-21220 sent --on 2020-07-16",
          "foia event record 2020-ICFO-21220 received --on 2020-07-16",
          "foia event record 2020-ICFO-21220 adverse_determination --on 2020-08-10",
          "foia upload ero-release.pdf --request 2020-ICFO-21220 --release-no 1 --wait"}) {
      const RunResult result = Type(command);
      ASSERT_EQ(result.exit_code, 0) << command << "\n" << result.err;
    }
  }
  // The ids that the pages show stand for those of this server.
  std::string Here(std::string command) {
    static const std::regex& request_id = *new std::regex("\\br01jd3v8\\b|(--request) R\\b");
    static const std::regex& document_id = *new std::regex("\\bd01m80y2w88a\\b|\\bDOCUMENT\\b");
    if (std::regex_search(command, request_id)) {
      const auto list = server_.FoiaJson<tracker::v1::ListRequestsResponse>({"request", "list"});
      if (list.requests_size() > 0) {
        command =
            std::regex_replace(command, request_id, "$1 " + list.requests(0).name().substr(9));
      }
    }
    if (std::regex_search(command, document_id)) {
      const auto list =
          server_.FoiaJson<documents::v1::ListDocumentsResponse>({"document", "list"});
      if (list.documents_size() > 0) {
        command = std::regex_replace(command, document_id, list.documents(0).name().substr(10));
      }
    }
    return command;
  }
  void Tour(const std::string& name) {
    int run = 0;
    for (const Command& command : CommandsOf(absl::StrCat(SourceDir(), "/", name), name)) {
      if (!command.whole) continue;
      const std::string text = Here(command.text);
      const RunResult result = Type(text);
      EXPECT_EQ(result.exit_code, 0) << command.where << ": " << text << "\n"
                                     << result.out << result.err;
      ++run;
    }
    EXPECT_GT(run, 0);
  }

  Desk desk_;
  Server server_;
};

TEST_F(DocsTourTest, Readme) { Tour("README.md"); }

class GuideTest : public DocsTourTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(GuideTest, DoesWhatItShows) {
  ASSERT_NO_FATAL_FAILURE(Prepare());
  Tour(absl::StrCat("docs/guides/", GetParam(), ".md"));
}

INSTANTIATE_TEST_SUITE_P(Guides, GuideTest,
                         ::testing::Values("agencies", "deadlines", "docket", "events", "operate"),
                         [](const auto& guide) { return std::string(guide.param); });

}  // namespace
}  // namespace foia::testing
