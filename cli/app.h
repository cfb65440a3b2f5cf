// The frame of `foia`: nouns and verbs, help, errors and exit codes.
//
// A verb is a struct with its options as members:
//
//   struct ShowAgency {
//     static constexpr char kAbout[] = "One agency";
//     static constexpr char kExamples[] = "foia agency show DHS/ICE/ERO\n";
//     std::string agency;
//     void Define(CLI::App& verb) { verb.add_option("AGENCY", agency, "...")->required(); }
//     absl::Status Run(Session& session);
//   };
//   app.AddVerb<ShowAgency>(app.AddNoun("agency", "The tree of agencies"), "show");
//
// The output of a verb with a member kPaged goes through $PAGER where it is longer than the screen.
#ifndef FOIA_CLI_APP_H_
#define FOIA_CLI_APP_H_

#include <google/protobuf/field_mask.pb.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "cli/client.h"
#include "services/base/suggest.h"

namespace foia::cli {

class App {
 public:
  App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  CLI::App& root() { return root_; }
  CLI::App& AddNoun(CLI::App& parent, const std::string& name, const std::string& about);

  template <typename Verb>
  void AddVerb(CLI::App& noun, const std::string& name) {
    auto verb = std::make_shared<Verb>();
    CLI::App& command = AddCommand(noun, name, Verb::kAbout, Verb::kExamples);
    verb->Define(command);
    command.callback([this, verb] {
      is_paged_ = requires { Verb::kPaged; };
      run_ = [verb](Session& session) { return verb->Run(session); };
    });
  }

  // Parses, runs the chosen verb, prints the error. Returns the exit code.
  int Run(int argc, const char* const* argv);

 private:
  CLI::App& AddCommand(CLI::App& parent, const std::string& name, const std::string& about,
                       const std::string& examples);
  // Explains a command line that does not parse.
  int Refuse(const CLI::ParseError& error, const std::vector<std::string>& words);

  CLI::App root_;
  GlobalOptions options_;
  bool is_paged_ = false;
  std::function<absl::Status(Session&)> run_;
};

// Options that change a field, with the field's path.
using FieldOptions = std::vector<std::pair<const CLI::Option*, std::string>>;
// The paths of those that were given; INVALID_FIELD when none was.
absl::Status SetMask(const FieldOptions& fields, google::protobuf::FieldMask& mask);

// Everything that `foia` can do.
void AddAllVerbs(App& app);
// Each noun's verbs, in the file of that name.
void AddAccessVerbs(App& app);
void AddAdminVerbs(App& app);
void AddAgencyVerbs(App& app);
void AddDeadlineVerbs(App& app);
void AddDocketVerbs(App& app);
void AddDocumentVerbs(App& app);
void AddReleaseVerbs(App& app);
void AddEventVerbs(App& app);
void AddMatterVerbs(App& app);
void AddOcrVerbs(App& app);
void AddRequestVerbs(App& app);
void AddRulesVerbs(App& app);
void AddSearchVerbs(App& app);
void AddStatusVerbs(App& app);
void AddUploadVerbs(App& app);

}  // namespace foia::cli

#endif  // FOIA_CLI_APP_H_
