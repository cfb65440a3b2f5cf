#include "cli/watch.h"

#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "foia/documents/v1/document_service.grpc.pb.h"

namespace foia::cli {
namespace {

using documents::v1::Document;

constexpr absl::Duration kPollEvery = absl::Milliseconds(200);

bool IsFinished(documents::v1::PageState state) {
  return state != documents::v1::PAGE_STATE_QUEUED && state != documents::v1::PAGE_STATE_RUNNING;
}

}  // namespace

bool IsFinal(documents::v1::DocumentState state) {
  return state != documents::v1::DOCUMENT_STATE_UNSPECIFIED &&
         state != documents::v1::DOCUMENT_STATE_QUEUED &&
         state != documents::v1::DOCUMENT_STATE_PROCESSING;
}

int64_t FinishedPages(const Document& document) {
  int64_t pages = 0;
  for (const auto& count : document.page_states()) {
    if (IsFinished(count.state())) pages += count.pages();
  }
  return pages;
}

std::string StateText(const Document& document) {
  std::string text = EnumText(DocumentState_Name(document.state()), "DOCUMENT_STATE_");
  if (!document.state_reason().empty()) absl::StrAppend(&text, ": ", document.state_reason());
  if (document.member_count() > 0) {
    absl::StrAppend(&text, "; ", CountText(document.member_count(), "member"));
  }
  return text;
}

absl::StatusOr<std::vector<Document>> WaitUntilRead(Session& session,
                                                    std::vector<std::string> names) {
  std::vector<Document> documents;
  Progress progress("reading pages", ProgressUnit::kPages, session.progress_mode(),
                    session.clock());
  while (true) {
    bool waiting = false;
    int64_t done = 0;
    int64_t total = 0;
    // Grows while it is walked: an archive brings forth its members.
    for (size_t i = 0; i < names.size(); ++i) {
      documents.resize(names.size());
      if (!IsFinal(documents[i].state())) {
        documents::v1::GetDocumentRequest request;
        request.set_name(names[i]);
        FOIA_ASSIGN_OR_RETURN(
            documents[i],
            session.Call(&documents::v1::DocumentService::Stub::GetDocument, request));
        if (IsFinal(documents[i].state()) && documents[i].member_count() > 0) {
          documents::v1::ListDocumentsRequest list;
          list.set_container(names[i]);
          FOIA_ASSIGN_OR_RETURN(
              const documents::v1::ListDocumentsResponse members,
              session.List(&documents::v1::DocumentService::Stub::ListDocuments, list));
          for (const Document& member : members.documents()) names.push_back(member.name());
        }
      }
      waiting = waiting || !IsFinal(documents[i].state());
      done += FinishedPages(documents[i]);
      total += documents[i].page_count();
    }
    progress.Set(done, total);
    if (!waiting) return documents;
    absl::SleepFor(kPollEvery);
  }
}

void PrintDocuments(const Session& session, const std::vector<Document>& documents) {
  if (session.out.json) {
    documents::v1::ListDocumentsResponse list;
    list.mutable_documents()->Assign(documents.begin(), documents.end());
    return session.out.PrintJson(list);
  }
  std::vector<std::string> names;
  for (const Document& document : documents) names.push_back(document.name());
  const std::vector<std::string> ids = session.out.Ids(names);
  // Members by container, in their order; a member whose container is not here stands for itself.
  std::map<std::string, std::vector<size_t>> children;
  const std::set<std::string> here(names.begin(), names.end());
  for (size_t i = 0; i < documents.size(); ++i) {
    const std::string& container = documents[i].container();
    children[here.count(container) == 0 ? "" : container].push_back(i);
  }
  Table table({"DOCUMENT", {"FILE", Keep::kText}, ">PAGES", ">SIZE", {"STATE", Keep::kText}});
  const std::function<void(const std::string&, const std::string&)> add =
      [&](const std::string& container, const std::string& indent) {
        for (const size_t i : children[container]) {
          const Document& document = documents[i];
          table.Add({ids[i],
                     indent + (document.member_path().empty() ? document.file_name()
                                                              : document.member_path()),
                     absl::StrCat(document.page_count()), SizeText(document.size_bytes()),
                     StateText(document)});
          add(document.name(), indent + "  ");
        }
      };
  add("", "");
  if (!table.empty()) session.out.Print(table);
}

}  // namespace foia::cli
