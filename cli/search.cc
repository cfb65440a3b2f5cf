#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/app.h"
#include "cli/highlight.h"
#include "foia/search/v1/search_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia::cli {
namespace {

using search::v1::SearchResponse;

constexpr int kMaxDocuments = 100;  // of one call

// The error shows the query itself above the column.
absl::Status WithQuery(const absl::Status& error, const std::string& query) {
  if (ReasonOf(error) != Reason::REASON_INVALID_QUERY) return error;
  ErrorMetadata metadata = MetadataOf(error);
  metadata["query"] = query;
  return MakeError(Reason::REASON_INVALID_QUERY, ToStd(error.message()), metadata);
}

struct Search {
  static constexpr char kAbout[] = "Finds pages by words and redactions";
  static constexpr char kExamples[] =
      "foia search academy\n"
      "foia search '\"citizen academy\"'                    the phrase\n"
      "foia search exemption:b7E                          pages with that code\n"
      "foia search '\"citizen academy\" exemption:b7E' --json\n";
  static constexpr bool kPaged = true;
  std::vector<std::string> words;
  std::string request;
  int limit = 10;
  int hits = 5;

  void Define(CLI::App& verb) {
    verb.add_option("QUERY", words, "Words, \"phrases\", exemption:CODE; see docs/guides/query.md")
        ->required();
    verb.add_option("--request", request, "Only documents of this request");
    verb.add_option("--limit", limit, "At most so many documents")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    verb.add_option("--hits", hits, "Pages shown of each document")
        ->capture_default_str()
        ->check(CLI::Range(1, 50));
  }
  absl::Status Run(Session& session) const {
    search::v1::SearchRequest call;
    call.set_query(absl::StrJoin(words, " "));
    call.set_hits_per_document(hits);
    if (!request.empty()) {
      FOIA_ASSIGN_OR_RETURN(const tracker::v1::Request found, session.FindRequest(request));
      call.set_request(found.name());
    }
    SearchResponse all;
    do {
      call.set_page_size(std::min(kMaxDocuments, limit - all.documents_size()));
      const absl::StatusOr<SearchResponse> page =
          session.Call(&search::v1::SearchService::Stub::Search, call);
      if (!page.ok()) return WithQuery(page.status(), call.query());
      call.set_page_token(page->next_page_token());
      all.MergeFrom(*page);
      all.set_next_page_token(page->next_page_token());
    } while (!all.next_page_token().empty() && all.documents_size() < limit);
    if (session.out.json) {
      session.out.PrintJson(all);
    } else {
      Print(session.out, all);
    }
    return absl::OkStatus();
  }

  static void Print(const Output& out, const SearchResponse& response) {
    std::vector<std::string> names;
    for (const auto& document : response.documents()) names.push_back(document.document());
    const std::vector<std::string> ids = out.Ids(names);
    if (out.tsv) {
      PrintRows(out, response, ids);
    } else {
      PrintPages(out, response, ids);
    }
    out.Note(absl::StrCat(CountText(response.total_pages(), "page"), " in ",
                          CountText(response.total_documents(), "document")));
    if (response.total_documents() > response.documents_size()) {
      out.Say(absl::StrCat("the first ", response.documents_size(), " are shown; --limit ",
                           response.total_documents(), " shows all"));
    }
    if (!response.suggestion().empty()) {
      out.Say(absl::StrCat("did you mean: ", Printable(response.suggestion())));
    }
  }

  // A row for each page that was found.
  static void PrintRows(const Output& out, const SearchResponse& response,
                        const std::vector<std::string>& ids) {
    Table table({"DOCUMENT", "FILE", "PAGE", "CODES", "TEXT"});
    for (int i = 0; i < response.documents_size(); ++i) {
      const search::v1::DocumentHit& document = response.documents(i);
      for (const search::v1::PageHit& hit : document.hits()) {
        table.Add({ids[static_cast<size_t>(i)], document.file_name(), absl::StrCat(hit.page()),
                   absl::StrJoin(hit.codes(), " "), Highlight(hit, /*color=*/false)});
      }
    }
    if (!table.empty()) out.Print(table);
  }

  static void PrintPages(const Output& out, const SearchResponse& response,
                         const std::vector<std::string>& ids) {
    for (int i = 0; i < response.documents_size(); ++i) {
      const search::v1::DocumentHit& document = response.documents(i);
      out.Print(absl::StrCat(Printable(document.file_name()), "  ", ids[static_cast<size_t>(i)],
                             "  ", CountText(document.total_hits(), "page"), "\n"));
      for (const search::v1::PageHit& hit : document.hits()) {
        out.Print(absl::StrCat("  page ", hit.page(), hit.codes().empty() ? "" : "  codes: ",
                               Printable(absl::StrJoin(hit.codes(), " ")), "\n    ",
                               Highlight(hit, out.color), "\n"));
      }
      if (document.total_hits() > document.hits_size()) {
        out.Print(absl::StrCat(
            "  and ", CountText(document.total_hits() - document.hits_size(), "more page"), "\n"));
      }
    }
  }
};

}  // namespace

void AddSearchVerbs(App& app) { app.AddVerb<Search>(app.root(), "search"); }

}  // namespace foia::cli
