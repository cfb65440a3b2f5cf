#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/app.h"
#include "cli/fields.h"
#include "cli/release_report.h"
#include "cli/upload_file.h"
#include "cli/watch.h"
#include "foia/tracker/v1/request_service.grpc.pb.h"
#include "services/base/civil_date.h"
#include "services/base/error.h"

namespace foia::cli {
namespace {

using documents::v1::Document;

struct Upload {
  static constexpr char kAbout[] = "Uploads files of an agency; a repeated command goes on";
  static constexpr char kExamples[] =
      "foia upload release.pdf --request r01jd3v8 --wait\n"
      "foia upload *.pdf --request 2020-ICLI-00042 --release-no 2 --received-on 2020-11-02\n"
      "foia upload part2.zip --request r01jd3v8 --release-no 2 --received-on 2020-11-02 "
      "--pages-announced 118\n"
      "foia upload letter.pdf --request r01jd3v8 --kind letter\n"
      "foia upload carta.pdf --request r01jd3v8 --lang spa\n";
  std::vector<std::string> files;
  std::string request;
  std::string kind = "release";
  std::string received_on;
  std::string languages;
  std::string password_file;
  int release_number = 0;
  int pages_announced = 0;
  int jobs = 2;
  bool wait = false;

  void Define(CLI::App& verb) {
    verb.add_option("FILE", files, "Files, of whatever kind: they are kept as they are")
        ->required();
    verb.add_option("--request", request, "Id, the beginning of it, or a tracking number")
        ->required();
    verb.add_option("--kind", kind, "release, letter, court or other")
        ->capture_default_str()
        ->check(CLI::IsMember({"release", "letter", "court", "other"}));
    verb.add_option("--release-no", release_number, "The agency's number of the release")
        ->check(CLI::NonNegativeNumber);
    verb.add_option("--pages-announced", pages_announced,
                    "Pages of the release by the agency's letter; recorded as the event "
                    "interim_release, see 'foia release show'")
        ->check(CLI::PositiveNumber);
    verb.add_option("--received-on", received_on,
                    "When it came from the agency, a date ('foia help dates')");
    verb.add_option("--lang", languages,
                    "Tesseract's language packs to read it with, such as spa or fra+eng "
                    "[those of foiad]");
    verb.add_option("--password-file", password_file,
                    "File whose first line opens the FILEs; the server keeps it only until they "
                    "are read");
    verb.add_option("--jobs", jobs, "Files at the same time")
        ->capture_default_str()
        ->check(CLI::Range(1, 32));
    verb.add_flag("--wait", wait, "Wait until the pages are read");
  }

  absl::Status Run(Session& session) const {
    Document common;
    documents::v1::DocumentKind parsed = documents::v1::DOCUMENT_KIND_UNSPECIFIED;
    DocumentKind_Parse("DOCUMENT_KIND_" + absl::AsciiStrToUpper(kind), &parsed);
    common.set_kind(parsed);
    common.set_release_number(release_number);
    common.set_languages(languages);
    if (!received_on.empty()) {
      FOIA_ASSIGN_OR_RETURN(const CivilDate day,
                            session.ReadPastDate(received_on, "--received-on"));
      *common.mutable_receive_date() = DateToProto(day);
    }
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::Request found, session.FindRequest(request));
    common.set_request(found.name());
    bool record_letter = false;
    if (pages_announced > 0) {
      FOIA_ASSIGN_OR_RETURN(record_letter, IsNewLetter(session, found.name()));
    }

    FOIA_ASSIGN_OR_RETURN(const std::string password, ReadPassword(password_file));

    const std::vector<absl::StatusOr<Document>> results = SendAll(session, common, password);
    std::vector<Document> documents;
    absl::Status first_failure;
    for (size_t i = 0; i < results.size(); ++i) {
      if (results[i].ok()) {
        documents.push_back(*results[i]);
        continue;
      }
      if (first_failure.ok()) first_failure = results[i].status();
      if (results.size() > 1) session.out.Warn(RenderError(results[i].status()));
    }
    if (record_letter && !documents.empty()) {
      const absl::Status recorded = RecordLetter(session, common, documents);
      if (!recorded.ok()) {
        session.exit_code = kExitPartlyFailed;
        session.out.Warn("the release is not recorded: " + RenderError(recorded));
      }
    }
    if (wait && !documents.empty()) {
      std::vector<std::string> names;
      for (const Document& document : documents) names.push_back(document.name());
      FOIA_ASSIGN_OR_RETURN(documents, WaitUntilRead(session, names));
      for (const Document& document : documents) {
        if (document.state() != documents::v1::DOCUMENT_STATE_DONE) {
          session.exit_code = kExitPartlyFailed;
        }
      }
    }
    PrintDocuments(session, documents);
    if (documents.empty()) return first_failure;
    if (!first_failure.ok()) session.exit_code = kExitPartlyFailed;
    return absl::OkStatus();
  }

  // Whether the letter's number of pages is still to be recorded. INVALID_FIELD when what is
  // recorded says otherwise.
  absl::StatusOr<bool> IsNewLetter(Session& session, const std::string& name) const {
    if (kind != "release" || release_number == 0 || received_on.empty()) {
      return MakeError(Reason::REASON_INVALID_FIELD,
                       "--pages-announced needs --kind release, --release-no and --received-on");
    }
    tracker::v1::ListEventsRequest call;
    call.set_parent(name);
    FOIA_ASSIGN_OR_RETURN(const tracker::v1::ListEventsResponse list,
                          session.List(&tracker::v1::RequestService::Stub::ListEvents, call));
    const std::vector<tracker::v1::Event> events(list.events().begin(), list.events().end());
    const tracker::v1::Event* const letter = FindLetter(events, release_number);
    if (letter == nullptr) return true;
    const std::string& pages = letter->attributes().at("pages");
    if (pages == absl::StrCat(pages_announced)) return false;
    return MakeError(
        Reason::REASON_INVALID_FIELD,
        absl::StrCat("release ", release_number, " is recorded with ", pages,
                     " pages; nothing was uploaded. If that is wrong: foia event record ", request,
                     " interim_release --on ", received_on, " --set n=", release_number,
                     " --set pages=", pages_announced, " --supersedes ", IdOf(letter->name())));
  }

  absl::Status RecordLetter(Session& session, const Document& common,
                            const std::vector<Document>& documents) const {
    tracker::v1::CreateEventRequest call;
    call.set_parent(common.request());
    tracker::v1::Event& event = *call.mutable_event();
    event.set_type(tracker::v1::EVENT_TYPE_INTERIM_RELEASE);
    *event.mutable_effective_on() = common.receive_date();
    (*event.mutable_attributes())["n"] = absl::StrCat(release_number);
    (*event.mutable_attributes())["pages"] = absl::StrCat(pages_announced);
    event.set_source("the agency's letter");
    for (const Document& document : documents) event.add_evidence(document.name());
    return session.Call(&tracker::v1::RequestService::Stub::CreateEvent, call).status();
  }

  // Every file, `jobs` at the same time, in the order given.
  std::vector<absl::StatusOr<Document>> SendAll(Session& session, const Document& common,
                                                const std::string& password) const {
    std::vector<absl::StatusOr<Document>> results(files.size());
    int64_t total = 0;
    for (const std::string& file : files) {
      std::error_code error;
      const auto size = std::filesystem::file_size(file, error);
      if (!error) total += static_cast<int64_t>(size);
    }
    Progress progress("uploading", ProgressUnit::kBytes, session.progress_mode(), session.clock());
    progress.Set(0, total);
    std::atomic<size_t> next{0};
    const auto work = [&] {
      for (size_t i = next++; i < files.size(); i = next++) {
        const auto plan = PlanUpload(files[i], common);
        results[i] = plan.ok() ? UploadFile(session, files[i], *plan, password, progress)
                               : absl::StatusOr<Document>(plan.status());
      }
    };
    std::vector<std::thread> threads;
    for (int i = 1; i < std::min(jobs, static_cast<int>(files.size())); ++i) {
      threads.emplace_back(work);
    }
    work();
    for (std::thread& thread : threads) thread.join();
    return results;
  }
};

}  // namespace

void AddUploadVerbs(App& app) { app.AddVerb<Upload>(app.root(), "upload"); }

}  // namespace foia::cli
