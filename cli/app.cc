#include "cli/app.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "cli/views.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia::cli {
namespace {

constexpr char kDefaultServer[] = "127.0.0.1:7700";

// Help that leads with the examples (kept in the footer).
class ExamplesFirst final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    if (mode == CLI::AppFormatMode::Sub) return make_expanded(app);
    std::string help = absl::StrCat(make_description(app), make_usage(app, name));
    if (!app->get_footer().empty()) absl::StrAppend(&help, "\n", app->get_footer());
    absl::StrAppend(&help, make_positionals(app), make_groups(app, mode),
                    make_subcommands(app, mode));
    if (app->get_parent() != nullptr) {
      absl::StrAppend(&help, "\nEvery verb also takes the options of 'foia --help'.\n");
    }
    return help;
  }
  // One line for each, however much its own help says.
  std::string make_subcommand(const CLI::App* sub) const override {
    const std::string about = sub->get_description();
    std::stringstream out;
    CLI::detail::format_help(out, sub->get_name(), about.substr(0, about.find('\n')),
                             column_width_);
    return out.str();
  }
};

std::vector<std::string> VerbNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
  return names;
}

std::vector<std::string> LongOptions(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* level = &app; level != nullptr; level = level->get_parent()) {
    for (const CLI::Option* option : level->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

const CLI::App* FindCommand(const CLI::App& app, const std::string& name) {
  for (const CLI::App* sub : app.get_subcommands({})) {
    if (sub->get_name() == name) return sub;
  }
  return nullptr;
}

const CLI::Option* FindOption(const CLI::App& app, const std::string& name) {
  for (const CLI::App* level = &app; level != nullptr; level = level->get_parent()) {
    if (const CLI::Option* option = level->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

// What `foia help exit-codes` prints: one line a code with the reasons that end in it.
std::string ExitCodes() {
  std::map<int, std::pair<std::string, std::vector<std::string>>> codes = {
      {0, {"done", {}}},
      {1, {"another error", {}}},
      {2, {"the command line, a date or a query is wrong", {}}},
      {3, {"not found", {}}},
      {4, {"some of several items failed", {}}},
      {5, {"no access", {}}},
      {6, {"the server is down or too slow", {}}},
      {7, {"conflict", {}}},
      {8, {"an input file is bad", {}}},
      {130, {"interrupted", {}}},
  };
  for (const ReasonInfo& info : AllReasons()) {
    if (info.reason == Reason::REASON_UNSPECIFIED) continue;
    codes[info.exit_code].second.emplace_back(
        absl::StripPrefix(common::v1::Reason_Name(info.reason), "REASON_"));
  }
  std::string text;
  for (const auto& [code, row] : codes) {
    absl::StrAppend(&text, absl::StrCat(code),
                    std::string(code < 100 ? (code < 10 ? 5 : 4) : 3, ' '), row.first,
                    row.second.empty() ? "" : ": ", absl::StrJoin(row.second, ", "), "\n");
  }
  return text;
}

// What `foia help dates` prints.
constexpr char kDates[] =
    "Wherever a day is asked for, foia takes it as letters have it:\n"
    "  2020-07-16, 7/16/2020, 07/16/20, July 16, 2020, Thu 16 Jul 2020\n"
    "  today, yesterday, tomorrow, -3d, +2w, 3 days ago, in 2 weeks\n"
    "A date with several readings is refused, and each reading is named: 3/4/2020 is March 4 in\n"
    "American letters and April 3 elsewhere. A day of the week decides: Wed 3/4/2020.\n"
    "\n"
    "Times of day:\n"
    "  17:00, 5pm, 5:30 p.m., noon\n"
    "'midnight' and '12 am' are refused: write 00:00 of the day that begins, or 23:59 of the day\n"
    "that ends.\n";

struct Help {
  static constexpr char kAbout[] = "Help about a noun, a verb, dates or exit-codes";
  static constexpr char kExamples[] =
      "foia help event record\nfoia help dates\nfoia help exit-codes\n";
  CLI::App* root = nullptr;
  std::vector<std::string> words;

  void Define(CLI::App& verb) {
    root = verb.get_parent();
    verb.add_option("TOPIC", words, "A noun, a noun and a verb, dates, or exit-codes");
  }
  absl::Status Run(Session& session) const {
    if (words == std::vector<std::string>{"exit-codes"}) {
      session.out.Print(ExitCodes());
      return absl::OkStatus();
    }
    if (words == std::vector<std::string>{"dates"}) {
      session.out.Print(kDates);
      return absl::OkStatus();
    }
    const CLI::App* app = root;
    std::string path;
    for (const std::string& word : words) {
      absl::StrAppend(&path, path.empty() ? "" : " ", app->get_name());
      const CLI::App* next = FindCommand(*app, word);
      if (next == nullptr) {
        std::vector<std::string> topics = VerbNames(*app);
        if (app == root) topics.insert(topics.end(), {"dates", "exit-codes"});
        return MakeError(Reason::REASON_INVALID_FIELD,
                         absl::StrCat("there is no help about '", absl::StrJoin(words, " "), "'",
                                      DidYouMean(word, topics)));
      }
      app = next;
    }
    session.out.Print(app->help(path));
    return absl::OkStatus();
  }
};

}  // namespace

absl::Status SetMask(const FieldOptions& fields, google::protobuf::FieldMask& mask) {
  std::vector<std::string> options;
  for (const auto& [option, path] : fields) {
    if (option->count() > 0) mask.add_paths(path);
    options.push_back(option->get_name());
  }
  if (!mask.paths().empty()) return absl::OkStatus();
  return MakeError(Reason::REASON_INVALID_FIELD,
                   absl::StrCat("nothing to change: give one of ", absl::StrJoin(options, ", ")));
}

App::App()
    : root_("Tracks FOIA requests and their deadlines, and searches what agencies release.",
            "foia") {
  root_.formatter(std::make_shared<ExamplesFirst>());
  root_.require_subcommand(1);
  root_.footer(
      "Examples:\n"
      "  foia agency create DHS --name 'Department of Homeland Security'\n"
      "  foia docket\n"
      "  foia upload release.pdf --request r01jd3v8 --wait\n"
      "  foia search '\"citizen academy\" exemption:b7E'\n");
  root_.add_option("--server", options_.server, "host:port or unix:/path of foiad")
      ->envname("FOIA_SERVER")
      ->default_str(kDefaultServer);
  options_.server = kDefaultServer;
  root_
      .add_option("--token-file", options_.token_file,
                  "File with your token [foiad's data directory: " + DefaultDataDir() + "/token]")
      ->envname("FOIA_TOKEN_FILE");
  root_
      .add_option("--ca", options_.ca_file,
                  "PEM file of the server's certificate authority: use TLS")
      ->envname("FOIA_CA");
  root_.add_option("--timeout", options_.timeout_seconds, "Seconds that each call may take")
      ->check(CLI::PositiveNumber);
  root_.add_flag("--json", options_.json, "Print one JSON document instead of tables");
  root_.add_flag("-q,--quiet", options_.quiet, "No messages and no progress");
  root_.add_flag("--no-color", options_.no_color, "No colours");
  root_.add_flag("--no-pager", options_.no_pager,
                 "Never show long output page by page [$PAGER, on a terminal]");
  root_
      .add_option("--width", options_.width,
                  "Print tables so many columns wide, 0: as wide as they are [the terminal's; "
                  "elsewhere rows are tab-separated]")
      ->check(CLI::NonNegativeNumber);
  AddVerb<Help>(root_, "help");
}

CLI::App& App::AddNoun(CLI::App& parent, const std::string& name, const std::string& about) {
  CLI::App& noun = AddCommand(parent, name, about, "");
  noun.require_subcommand(1);
  return noun;
}

CLI::App& App::AddCommand(CLI::App& parent, const std::string& name, const std::string& about,
                          const std::string& examples) {
  CLI::App* command = parent.add_subcommand(name, about);
  command->fallthrough();  // options of `foia` are taken anywhere
  // Set in any case: it would be inherited.
  command->footer(
      examples.empty()
          ? ""
          : absl::StrCat("Examples:\n  ",
                         absl::StrReplaceAll(absl::StripSuffix(examples, "\n"), {{"\n", "\n  "}}),
                         "\n"));
  return *command;
}

int App::Run(int argc, const char* const* argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const absl::StatusOr<SavedViews> views = LoadViews(ViewsFile());
  if (views.ok()) words = WithSavedView(words, *views);  // the docket tells what else is wrong
  try {
    root_.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::Success& success) {  // --help
    return root_.exit(success);
  } catch (const CLI::ParseError& error) {
    return Refuse(error, words);
  }
  Output out = MakeOutput(options_);
  if (is_paged_) out.StartPage();
  Session session(options_, out);
  const absl::Status status = run_(session);
  session.out.EndPage();
  if (status.ok()) return session.exit_code;
  std::fflush(stdout);
  std::fputs(RenderError(status).c_str(), stderr);
  return GetReasonInfo(ReasonOf(status)).exit_code;
}

int App::Refuse(const CLI::ParseError& error, const std::vector<std::string>& words) {
  // Follow the words down to where they stop making sense.
  const CLI::App* app = &root_;
  std::string problem;
  std::vector<std::string> suggestions;
  for (size_t i = 0; i < words.size() && problem.empty(); ++i) {
    const std::string& word = words[i];
    if (absl::StartsWith(word, "-")) {
      const std::string name = word.substr(0, word.find('='));
      const CLI::Option* option = FindOption(*app, name);
      if (option == nullptr) {
        problem = absl::StrCat("unknown option '", name, "'");
        suggestions = Suggestions(name, Candidates(LongOptions(*app)));
      } else if (option->get_expected_min() > 0 && name == word) {
        ++i;  // its value
      }
    } else if (const CLI::App* next = FindCommand(*app, word)) {
      app = next;
    } else if (const std::vector<std::string> verbs = VerbNames(*app); !verbs.empty()) {
      problem = absl::StrCat("'", word, "' is not a ",
                             app == &root_ ? "command" : "verb of '" + app->get_name() + "'");
      suggestions = Suggestions(word, Candidates(verbs));
    } else {
      break;  // a verb's own words
    }
  }
  std::string parents;
  for (const CLI::App* level = app->get_parent(); level != nullptr; level = level->get_parent()) {
    parents = absl::StrCat(level->get_name(), parents.empty() ? "" : " ", parents);
  }
  if (problem.empty() && !VerbNames(*app).empty()) {  // `foia`, `foia agency`: not finished
    std::fputs(app->help(parents).c_str(), stderr);
    return kExitUsage;
  }
  if (problem.empty()) problem = error.what();
  std::fprintf(stderr, "foia: %s\n", Printable(problem).c_str());
  if (!suggestions.empty()) {
    std::fprintf(stderr, "  did you mean %s?\n", QuotedList(suggestions).c_str());
  }
  std::fprintf(stderr, "  See '%s%s%s --help'. [USAGE]\n", parents.c_str(),
               parents.empty() ? "" : " ", app->get_name().c_str());
  return kExitUsage;
}

void AddAllVerbs(App& app) {
  AddDocketVerbs(app);
  AddUploadVerbs(app);
  AddSearchVerbs(app);
  AddOcrVerbs(app);
  AddAgencyVerbs(app);
  AddMatterVerbs(app);
  AddRequestVerbs(app);
  AddRulesVerbs(app);
  AddEventVerbs(app);
  AddDeadlineVerbs(app);
  AddDocumentVerbs(app);
  AddReleaseVerbs(app);
  AddStatusVerbs(app);
  AddAccessVerbs(app);
  AddAdminVerbs(app);
}

}  // namespace foia::cli
