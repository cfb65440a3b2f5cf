#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/documents/document_store.h"
#include "services/documents/keys.h"

namespace foia::documents {
namespace {

class Checker {
 public:
  Checker(DocumentStore& store, access::v1::CheckDataResponse& response)
      : store_(store), snapshot_(store.kv().GetSnapshot()), response_(response) {}

  absl::Status Run() {
    storage::ScanOptions options = storage::ScanOptions::Prefix(keys::kDocuments);
    options.snapshot = snapshot_.get();
    const auto it = store_.kv().Scan(options);
    for (; it->Valid(); it->Next()) {
      const std::string id(it->key().substr(keys::kDocuments.size()));
      v1::StoredDocument document;
      if (!document.ParseFromString(std::string(it->value()))) {
        Add(absl::StrCat("documents/", id), "its record cannot be read");
        continue;
      }
      FOIA_RETURN_IF_ERROR(CheckDocument(id, document));
    }
    FOIA_RETURN_IF_ERROR(it->status());
    FOIA_RETURN_IF_ERROR(CheckTasks());
    return CheckBlobs();
  }

 private:
  void Add(std::string_view resource, std::string_view description) {
    auto* problem = response_.add_problems();
    problem->set_resource(std::string(resource));
    problem->set_description(std::string(description));
  }

  absl::StatusOr<bool> Has(const std::string& key) {
    FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> value,
                          store_.kv().Get(key, snapshot_.get()));
    return value.has_value();
  }

  // Adds a problem unless the key is there.
  absl::Status Expect(const std::string& key, std::string_view resource,
                      std::string_view description) {
    FOIA_ASSIGN_OR_RETURN(const bool present, Has(key));
    if (!present) Add(resource, description);
    return absl::OkStatus();
  }

  absl::Status CheckDocument(const std::string& id, const v1::StoredDocument& stored) {
    const std::string name = absl::StrCat("documents/", id);
    const v1::Document& document = stored.document();
    blobs_.insert(document.sha256());
    const absl::StatusOr<uint64_t> size = store_.blobs().Size(document.sha256());
    if (!size.ok()) {
      Add(name, "its original is missing");
    } else if (*size != static_cast<uint64_t>(document.size_bytes())) {
      Add(name, "its original has another size");
    }
    FOIA_RETURN_IF_ERROR(
        Expect(keys::ByLabel(document.label(), id), name, "it is missing in its label's list"));
    FOIA_RETURN_IF_ERROR(Expect(keys::ByRequest(document.request(), id), name,
                                "it is missing in its request's list"));
    FOIA_RETURN_IF_ERROR(
        Expect(keys::Change(stored.sequence()), name, "it is missing in the feed"));
    if (stored.probe_state() == v1::PAGE_STATE_QUEUED) {
      FOIA_RETURN_IF_ERROR(Expect(keys::Task(0, id), name, "its probe has no task"));
    }
    FOIA_RETURN_IF_ERROR(CheckMembers(id, stored));
    return CheckPages(id, document);
  }

  absl::Status CheckMembers(const std::string& id, const v1::StoredDocument& stored) {
    const v1::Document& document = stored.document();
    const std::string name = absl::StrCat("documents/", id);
    if (!document.container().empty()) {
      const std::string container = document.container().substr(document.container().find('/') + 1);
      FOIA_RETURN_IF_ERROR(Expect(keys::Member(container, stored.member_index()), name,
                                  "it is missing in its container's list"));
    }
    storage::ScanOptions options = storage::ScanOptions::Prefix(keys::MembersOf(id));
    options.snapshot = snapshot_.get();
    const auto it = store_.kv().Scan(options);
    int members = 0;
    for (; it->Valid(); it->Next(), ++members) {
      FOIA_RETURN_IF_ERROR(
          Expect(keys::Document(it->value()), name, "a member of it is no document"));
    }
    FOIA_RETURN_IF_ERROR(it->status());
    if (members != document.member_count()) Add(name, "its members are not as many as it says");
    return absl::OkStatus();
  }

  absl::Status CheckPages(const std::string& id, const v1::Document& document) {
    const std::string name = absl::StrCat("documents/", id);
    std::map<int, int> states;
    int expected = 0;
    int64_t sealed = 0;
    int doubtful = 0;
    storage::ScanOptions options = storage::ScanOptions::Prefix(keys::PagesOf(id));
    options.snapshot = snapshot_.get();
    const auto it = store_.kv().Scan(options);
    for (; it->Valid(); it->Next()) {
      const int number = keys::ParsePage(it->key()).page;
      const std::string page_name = absl::StrCat(name, "/pages/", number);
      response_.set_pages_checked(response_.pages_checked() + 1);
      v1::StoredPage page;
      if (number != ++expected || !page.ParseFromString(std::string(it->value()))) {
        Add(page_name, "it is out of order or cannot be read");
        continue;
      }
      ++states[page.state()];
      sealed += page.sealed_characters();
      if (!page.doubt().empty()) ++doubtful;
      if (page.state() == v1::PAGE_STATE_QUEUED) {
        FOIA_RETURN_IF_ERROR(Expect(keys::Task(number, id), page_name, "it has no task"));
      } else {
        FOIA_RETURN_IF_ERROR(
            Expect(keys::Change(page.sequence()), page_name, "it is missing in the feed"));
      }
      if (IsRead(page.state())) {
        FOIA_RETURN_IF_ERROR(Expect(keys::Result(document.sha256(), number, page.pipeline()),
                                    page_name, "its result is missing"));
      }
    }
    FOIA_RETURN_IF_ERROR(it->status());
    if (expected != document.page_count()) Add(name, "its pages are not as many as it says");
    if (sealed != document.sealed_characters()) Add(name, "its sealed characters do not add up");
    if (doubtful != document.doubtful_pages()) Add(name, "its doubtful pages do not add up");
    std::map<int, int> counts;
    for (const v1::PageStateCount& count : document.page_states()) {
      counts[count.state()] += count.pages();
    }
    if (counts != states) Add(name, "its counts of page states do not add up");
    return absl::OkStatus();
  }

  absl::Status CheckTasks() {
    storage::ScanOptions options = storage::ScanOptions::Prefix(keys::kTasks);
    options.snapshot = snapshot_.get();
    const auto it = store_.kv().Scan(options);
    for (; it->Valid(); it->Next()) {
      const keys::PageRef task = keys::ParseTask(it->key());
      FOIA_RETURN_IF_ERROR(Expect(keys::Document(task.document),
                                  absl::StrCat("documents/", task.document),
                                  "a task waits, but there is no document"));
    }
    return it->status();
  }

  absl::Status CheckBlobs() {
    for (const std::string& blob : blobs_) {
      const absl::Status verified = store_.blobs().Verify(blob);
      response_.set_blobs_checked(response_.blobs_checked() + 1);
      // A missing one was named with its document.
      if (ReasonOf(verified) == Reason::REASON_DATA_CORRUPT) {
        Add(blob, ToStd(verified.message()));
      }
    }
    return absl::OkStatus();
  }

  DocumentStore& store_;
  const std::unique_ptr<storage::Snapshot> snapshot_;
  access::v1::CheckDataResponse& response_;
  std::set<std::string> blobs_;
};

}  // namespace

absl::Status CheckData(DocumentStore& store, access::v1::CheckDataResponse& response) {
  return Checker(store, response).Run();
}

}  // namespace foia::documents
