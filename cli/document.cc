#include "cli/document.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/app.h"
#include "cli/fields.h"
#include "cli/out_file.h"
#include "cli/watch.h"
#include "foia/documents/v1/document_service.grpc.pb.h"
#include "services/base/civil_date.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia::cli {

using documents::v1::Document;
using documents::v1::DocumentService;
using documents::v1::Page;

absl::StatusOr<Document> FindDocument(Session& session, const std::string& text) {
  documents::v1::GetDocumentRequest request;
  request.set_name(text);
  return session.Call(&DocumentService::Stub::GetDocument, request);
}

namespace {

constexpr char kDocumentHelp[] = "Id, or the beginning of it";
constexpr int64_t kChunk = 1 << 20;

std::string PageStateText(documents::v1::PageState state) {
  return EnumText(PageState_Name(state), "PAGE_STATE_");
}

// Empty for a page without words.
std::string ConfidenceText(const Page& page) {
  return page.confidence() > 0 ? absl::StrFormat("%.0f", page.confidence()) : "";
}

std::string ReasonText(const Page& page) {
  return page.state_reason().empty() ? page.doubt() : page.state_reason();
}

void PrintDocument(const Session& session, const Document& document) {
  if (session.out.json) return session.out.PrintJson(document);
  std::vector<std::string> pages;
  for (const auto& count : document.page_states()) {
    pages.push_back(absl::StrCat(count.pages(), " ", PageStateText(count.state())));
  }
  session.out.Print(RenderFields(
      {{"document", IdOf(document.name())},
       {"file", document.file_name()},
       {"request", IdOf(document.request())},
       {"kind", EnumText(DocumentKind_Name(document.kind()), "DOCUMENT_KIND_")},
       {"release", document.release_number() == 0 ? "" : absl::StrCat(document.release_number())},
       {"received", DateText(document.receive_date())},
       {"state", StateText(document)},
       {"container", IdOf(document.container())},
       {"path", document.member_path()},
       {"members", document.member_count() == 0 ? "" : absl::StrCat(document.member_count())},
       {"pages",
        absl::StrCat(document.page_count(), pages.empty() ? "" : ": ", absl::StrJoin(pages, ", "))},
       {"sealed", document.sealed_characters() == 0
                      ? ""
                      : CountText(document.sealed_characters(), "character") +
                            " under failed redactions; the original is locked"},
       {"doubtful", document.doubtful_pages() == 0
                        ? ""
                        : CountText(document.doubtful_pages(), "page") +
                              " to look at; see 'foia document pages --doubtful'"},
       {"size", SizeText(document.size_bytes())},
       {"type", document.media_type()},
       {"languages", document.languages()},
       {"sha256", document.sha256()},
       {"label", IdOf(document.label())},
       {"uploaded", TimeText(document.create_time())},
       {"by", IdOf(document.uploader())}}));
  if (document.member_errors().empty()) return;
  Table table({{"NOT UNPACKED", Keep::kText}, "STATE", {"REASON", Keep::kText}});
  for (const documents::v1::MemberError& error : document.member_errors()) {
    table.Add({error.path(), PageStateText(error.state()), error.reason()});
  }
  session.out.Print("\n");
  session.out.Print(table);
  const int more = document.member_error_count() - document.member_errors_size();
  if (more > 0) session.out.Print(absl::StrCat("and ", more, " more\n"));
}

struct ListDocuments {
  static constexpr char kAbout[] = "Documents, oldest first";
  static constexpr char kExamples[] = "foia document list\nfoia document list --request r01jd3v8\n";
  static constexpr bool kPaged = true;
  std::string request;
  int limit = 0;

  void Define(CLI::App& verb) {
    verb.add_option("--request", request, "Only those of this request");
    verb.add_option("--limit", limit, "At most so many [all]");
  }
  absl::Status Run(Session& session) const {
    documents::v1::ListDocumentsRequest call;
    if (!request.empty()) {
      FOIA_ASSIGN_OR_RETURN(const tracker::v1::Request found, session.FindRequest(request));
      call.set_request(found.name());
    }
    FOIA_ASSIGN_OR_RETURN(const documents::v1::ListDocumentsResponse list,
                          session.List(&DocumentService::Stub::ListDocuments, call, limit));
    if (session.out.json) {
      session.out.PrintJson(list);
    } else if (list.documents().empty()) {
      session.out.Say("no documents yet; 'foia upload' adds some");
    } else {
      PrintDocuments(session, {list.documents().begin(), list.documents().end()});
    }
    return absl::OkStatus();
  }
};

struct ShowDocument {
  static constexpr char kAbout[] = "One document";
  static constexpr char kExamples[] = "foia document show d01jd3v8\n";
  std::string document;

  void Define(CLI::App& verb) { verb.add_option("DOCUMENT", document, kDocumentHelp)->required(); }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Document found, FindDocument(session, document));
    PrintDocument(session, found);
    return absl::OkStatus();
  }
};

struct ListPages {
  static constexpr char kAbout[] = "The pages of a document and their states";
  static constexpr char kExamples[] =
      "foia document pages d01jd3v8\n"
      "foia document pages d01jd3v8 --doubtful\n"
      "foia document pages d01jd3v8 --state failed --state timed_out\n";
  static constexpr bool kPaged = true;
  std::string document;
  std::vector<std::string> states;
  bool doubtful = false;

  void Define(CLI::App& verb) {
    verb.add_option("DOCUMENT", document, kDocumentHelp)->required();
    verb.add_option("--state", states,
                    "Only pages in this state: done, blank, failed...; may be repeated")
        ->allow_extra_args(false);
    verb.add_flag("--doubtful", doubtful,
                  "Only those a person should look at: not read, read the quick way or with doubt");
  }
  absl::Status Run(Session& session) const {
    std::set<int> wanted;
    for (const std::string& state : states) {
      FOIA_ASSIGN_OR_RETURN(const int value, ParseEnumWord(documents::v1::PageState_descriptor(),
                                                           "PAGE_STATE_", state, "--state"));
      wanted.insert(value);
    }
    FOIA_ASSIGN_OR_RETURN(const Document found, FindDocument(session, document));
    documents::v1::ListPagesRequest call;
    call.set_parent(found.name());
    call.set_doubtful(doubtful);
    FOIA_ASSIGN_OR_RETURN(documents::v1::ListPagesResponse list,
                          session.List(&DocumentService::Stub::ListPages, call));
    std::map<std::string, int> counts;
    for (const Page& page : list.pages()) ++counts[PageStateText(page.state())];
    if (!wanted.empty()) {
      auto& pages = *list.mutable_pages();
      pages.erase(std::remove_if(pages.begin(), pages.end(),
                                 [&](const Page& page) { return wanted.count(page.state()) == 0; }),
                  pages.end());
    }
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    Table table({">PAGE", "STATE", ">TRIES", ">CONFIDENCE", {"REASON", Keep::kText}});
    for (const Page& page : list.pages()) {
      table.Add({absl::StrCat(page.number()), PageStateText(page.state()),
                 absl::StrCat(page.attempts()), ConfidenceText(page), ReasonText(page)});
    }
    if (!table.empty()) session.out.Print(table);
    std::vector<std::string> parts;
    for (const auto& [state, pages] : counts) parts.push_back(absl::StrCat(pages, " ", state));
    if (doubtful && found.page_count() > 0) {
      session.out.Say(list.pages().empty()
                          ? "no page needs to be looked at"
                          : absl::StrCat("to look at: ", absl::StrJoin(parts, ", ")));
      return absl::OkStatus();
    }
    session.out.Say(parts.empty() ? found.member_count() > 0 ? "it has members, no pages"
                                                             : "its pages are not counted yet"
                                  : absl::StrCat(CountText(found.page_count(), "page"), ": ",
                                                 absl::StrJoin(parts, ", ")));
    return absl::OkStatus();
  }
};

struct ListDoubtfulPages {
  static constexpr char kAbout[] =
      "Pages of all documents that a person should look at, and why: not read, or with doubt";
  static constexpr char kExamples[] =
      "foia document doubtful\n"
      "foia document doubtful --request 2020-ICLI-00042\n";
  static constexpr bool kPaged = true;
  std::string request;
  int limit = 0;

  void Define(CLI::App& verb) {
    verb.add_option("--request", request, "Only documents of this request");
    verb.add_option("--limit", limit, "At most so many [all]");
  }
  absl::Status Run(Session& session) const {
    documents::v1::ListDoubtfulPagesRequest call;
    if (!request.empty()) {
      FOIA_ASSIGN_OR_RETURN(const tracker::v1::Request found, session.FindRequest(request));
      call.set_request(found.name());
    }
    FOIA_ASSIGN_OR_RETURN(const documents::v1::ListDoubtfulPagesResponse list,
                          session.List(&DocumentService::Stub::ListDoubtfulPages, call, limit));
    if (session.out.json) {
      session.out.PrintJson(list);
      return absl::OkStatus();
    }
    std::vector<std::string> names;
    for (const auto& row : list.pages()) {
      names.push_back(row.page().name().substr(0, row.page().name().find("/pages/")));
    }
    const std::vector<std::string> ids = session.out.Ids(names);
    Table table({"DOCUMENT",
                 {"FILE", Keep::kText},
                 ">PAGE",
                 "STATE",
                 ">CONFIDENCE",
                 {"WHY", Keep::kBelow}});
    for (size_t i = 0; i < ids.size(); ++i) {
      const documents::v1::DoubtfulPage& row = list.pages(static_cast<int>(i));
      table.Add({ids[i], row.file_name(), absl::StrCat(row.page().number()),
                 PageStateText(row.page().state()), ConfidenceText(row.page()),
                 ReasonText(row.page())});
    }
    if (table.empty()) {
      session.out.Say("no page needs to be looked at");
    } else {
      session.out.Print(table);
    }
    return absl::OkStatus();
  }
};

struct ShowPage {
  static constexpr char kAbout[] = "The text of a page; with --json everything that was read";
  static constexpr char kExamples[] = "foia document page d01jd3v8 2\n";
  std::string document;
  int number = 0;

  void Define(CLI::App& verb) {
    verb.add_option("DOCUMENT", document, kDocumentHelp)->required();
    verb.add_option("PAGE", number, "From 1")->required();
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Document found, FindDocument(session, document));
    documents::v1::GetPageRequest call;
    call.set_name(absl::StrCat(found.name(), "/pages/", number));
    call.set_view(documents::v1::PAGE_VIEW_FULL);
    FOIA_ASSIGN_OR_RETURN(const Page page, session.Call(&DocumentService::Stub::GetPage, call));
    if (session.out.json) {
      session.out.PrintJson(page);
      return absl::OkStatus();
    }
    std::set<std::string> codes;
    for (const auto& redaction : page.record().redactions()) {
      for (const auto& code : redaction.codes()) codes.insert(code.code());
    }
    session.out.Say(absl::StrCat(
        Printable(found.file_name()), " page ", page.number(), ": ", PageStateText(page.state()),
        page.state_reason().empty() ? "" : ", " + Printable(page.state_reason()), ", ",
        CountText(page.record().redactions_size(), "redaction"), codes.empty() ? "" : ": ",
        absl::StrJoin(codes, " "),
        absl::StrFormat(", confidence %.0f", page.record().mean_confidence())));
    // Line by line: the text's own line ends stay.
    std::istringstream lines(page.record().text());
    for (std::string line; std::getline(lines, line);) session.out.Print(Printable(line) + "\n");
    return absl::OkStatus();
  }
};

struct WatchDocument {
  static constexpr char kAbout[] = "Waits until all pages are read, showing progress";
  static constexpr char kExamples[] = "foia document watch d01jd3v8\n";
  std::vector<std::string> documents;

  void Define(CLI::App& verb) { verb.add_option("DOCUMENT", documents, kDocumentHelp)->required(); }
  absl::Status Run(Session& session) const {
    std::vector<std::string> names;
    for (const std::string& text : documents) {
      FOIA_ASSIGN_OR_RETURN(const Document found, FindDocument(session, text));
      names.push_back(found.name());
    }
    FOIA_ASSIGN_OR_RETURN(const std::vector<Document> finished, WaitUntilRead(session, names));
    PrintDocuments(session, finished);
    for (const Document& document : finished) {
      if (document.state() != documents::v1::DOCUMENT_STATE_DONE) {
        session.exit_code = kExitPartlyFailed;
      }
    }
    return absl::OkStatus();
  }
};

struct UpdateDocument {
  static constexpr char kAbout[] = "Changes what is said of a document";
  static constexpr char kExamples[] =
      "foia document update d01jd3v8 --release-no 3 --received-on 2020-11-02\n"
      "foia document update d01jd3v8 --lang spa      for pages still to be read\n";
  std::string document;
  Document changed;
  std::string kind, received_on;
  int release_number = 0;
  FieldOptions fields;

  void Define(CLI::App& verb) {
    verb.add_option("DOCUMENT", document, kDocumentHelp)->required();
    fields = {
        {verb.add_option("--name", *changed.mutable_file_name(), "What the file is called"),
         "file_name"},
        {verb.add_option("--kind", kind, "release, letter, court or other"), "kind"},
        {verb.add_option("--release-no", release_number, "The agency's number of the release"),
         "release_number"},
        {verb.add_option("--received-on", received_on,
                         "When it came from the agency, a date; '' takes it away"),
         "receive_date"},
        {verb.add_option("--lang", *changed.mutable_languages(),
                         "Language packs for pages that are still to be read, such as fra+eng; "
                         "'default': those of foiad"),
         "languages"}};
  }
  absl::Status Run(Session& session) {
    documents::v1::UpdateDocumentRequest call;
    FOIA_RETURN_IF_ERROR(SetMask(fields, *call.mutable_update_mask()));
    if (!kind.empty()) {
      FOIA_ASSIGN_OR_RETURN(const int value, ParseEnumWord(documents::v1::DocumentKind_descriptor(),
                                                           "DOCUMENT_KIND_", kind, "--kind"));
      changed.set_kind(static_cast<documents::v1::DocumentKind>(value));
    }
    if (!received_on.empty()) {
      FOIA_ASSIGN_OR_RETURN(const CivilDate day,
                            session.ReadPastDate(received_on, "--received-on"));
      *changed.mutable_receive_date() = DateToProto(day);
    }
    FOIA_ASSIGN_OR_RETURN(const Document found, FindDocument(session, document));
    changed.set_release_number(release_number);
    changed.set_name(found.name());
    changed.set_etag(found.etag());
    *call.mutable_document() = changed;
    FOIA_ASSIGN_OR_RETURN(const Document updated,
                          session.Call(&DocumentService::Stub::UpdateDocument, call));
    PrintDocument(session, updated);
    return absl::OkStatus();
  }
};

struct RetryDocument {
  static constexpr char kAbout[] =
      "Reads pages again: those that could not be read, or those named, or all in other languages";
  static constexpr char kExamples[] =
      "foia document retry d01jd3v8\n"
      "foia document retry d01jd3v8 --password-file password.txt\n"
      "foia document retry d01jd3v8 --pages 3,7-9 --lang fra\n"
      "foia document retry d01jd3v8 --lang spa+eng      all pages\n";
  std::string document;
  std::string password_file;
  std::string pages;
  std::string languages;

  void Define(CLI::App& verb) {
    verb.add_option("DOCUMENT", document, kDocumentHelp)->required();
    verb.add_option("--password-file", password_file,
                    "File whose first line is the document's password; an encrypted document "
                    "needs it each time");
    verb.add_option("--pages", pages, "Only these, also where they were read well: 3,7-9");
    verb.add_option("--lang", languages,
                    "Language packs from now on, of --pages or of the document, such as fra+eng; "
                    "'default': the document's, or those of foiad");
  }
  absl::Status Run(Session& session) const {
    documents::v1::RetryDocumentRequest call;
    call.set_languages(languages);
    if (!pages.empty()) {
      FOIA_ASSIGN_OR_RETURN(const std::vector<int> numbers, ParsePages(pages, "--pages"));
      call.mutable_pages()->Assign(numbers.begin(), numbers.end());
    }
    FOIA_ASSIGN_OR_RETURN(*call.mutable_password(), ReadPassword(password_file));
    FOIA_ASSIGN_OR_RETURN(const Document found, FindDocument(session, document));
    call.set_name(found.name());
    FOIA_ASSIGN_OR_RETURN(const Document queued,
                          session.Call(&DocumentService::Stub::RetryDocument, call));
    PrintDocument(session, queued);
    return absl::OkStatus();
  }
};

struct DownloadDocument {
  static constexpr char kAbout[] = "The original, as it came; its hash is checked";
  static constexpr char kExamples[] =
      "foia document download d01jd3v8\n"
      "foia document download d01jd3v8 --out copy.pdf\n";
  std::string document;
  std::string out_file;

  void Define(CLI::App& verb) {
    verb.add_option("DOCUMENT", document, kDocumentHelp)->required();
    verb.add_option("--out", out_file, "Where to, '-' is stdout [its own name, here]");
  }
  absl::Status Run(Session& session) const {
    FOIA_ASSIGN_OR_RETURN(const Document found, FindDocument(session, document));
    // The name came from elsewhere: only its last part is used, and never to overwrite a file.
    const std::filesystem::path target =
        out_file.empty() ? std::filesystem::path(Printable(found.file_name())).filename()
                         : std::filesystem::path(out_file);
    std::error_code error;
    if (target.empty() || (out_file.empty() && std::filesystem::exists(target, error))) {
      return MakeError(
          Reason::REASON_UNREADABLE_FILE,
          absl::StrCat("cannot write '", target.string(), "': it exists; name another with --out"),
          {{"file", target.string()}});
    }
    OutFile file(session.out, target);
    FOIA_RETURN_IF_ERROR(Copy(session, found, file));
    FOIA_RETURN_IF_ERROR(file.Commit());
    if (out_file != "-") {
      session.out.Say(absl::StrCat("wrote ", Printable(target.string()), ", ",
                                   SizeText(found.size_bytes()), ", its hash is right"));
    }
    return absl::OkStatus();
  }

  // Passes all bytes on and compares them with the document's hash.
  static absl::Status Copy(Session& session, const Document& document, OutFile& file) {
    Progress progress("downloading", ProgressUnit::kBytes, session.progress_mode(),
                      session.clock());
    Sha256Stream hash;
    documents::v1::ReadOriginalRequest call;
    call.set_name(document.name());
    call.set_length(kChunk);
    while (call.offset() < document.size_bytes()) {
      FOIA_ASSIGN_OR_RETURN(const documents::v1::ReadOriginalResponse chunk,
                            session.Call(&DocumentService::Stub::ReadOriginal, call));
      if (chunk.data().empty()) break;
      hash.Update(chunk.data());
      FOIA_RETURN_IF_ERROR(file.Write(chunk.data()));
      call.set_offset(call.offset() + static_cast<int64_t>(chunk.data().size()));
      progress.Set(call.offset(), document.size_bytes());
    }
    if (HexEncode(hash.Digest()) != document.sha256()) {
      return MakeError(Reason::REASON_DATA_CORRUPT,
                       absl::StrCat("the bytes of ", document.name(), " do not have its hash"),
                       {{"document", document.name()}});
    }
    return absl::OkStatus();
  }
};

}  // namespace

void AddDocumentVerbs(App& app) {
  CLI::App& noun = app.AddNoun(app.root(), "document", "Files of agencies and their pages");
  app.AddVerb<ListDocuments>(noun, "list");
  app.AddVerb<ShowDocument>(noun, "show");
  app.AddVerb<ListPages>(noun, "pages");
  app.AddVerb<ListDoubtfulPages>(noun, "doubtful");
  app.AddVerb<ShowPage>(noun, "page");
  app.AddVerb<WatchDocument>(noun, "watch");
  app.AddVerb<UpdateDocument>(noun, "update");
  app.AddVerb<RetryDocument>(noun, "retry");
  app.AddVerb<DownloadDocument>(noun, "download");
  AddDocumentFileVerbs(app, noun);
}

}  // namespace foia::cli
