#include "services/documents/renditions.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/documents/keys.h"

namespace foia::documents {
namespace {

using access::Action;

constexpr int kViewDpi = 110, kMinDpi = 36, kMaxDpi = 300;
constexpr int64_t kMaxReadBytes = 1 << 20;
// Part of a picture's name: raised when foia-page draws otherwise, so that no older one is shown.
constexpr int kPictureVersion = 1;
// Ended exports are remembered as long as this many newer ones.
constexpr size_t kMaxJobs = 256;

std::string FileOf(const std::string& export_name) {
  return absl::StrReplaceAll(export_name, {{"/", "-"}}) + ".pdf";
}

absl::Status ExportGone(const std::string& name) {
  return MakeError(Reason::REASON_NOT_FOUND,
                   absl::StrCat("there is no export '", name, "'; export the document again"),
                   {{"export", name}});
}

}  // namespace

Renditions::Renditions(DocumentStore& store, Renderer& renderer, storage::DiskCache& cache,
                       const RenditionsOptions& options)
    : store_(store), renderer_(renderer), cache_(cache), options_(options) {}

void Renditions::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<std::string> Renditions::PasswordOf(const std::string& document,
                                                   const std::string& given) {
  if (!given.empty()) return given;
  // While pages wait the service has it, too.
  FOIA_ASSIGN_OR_RETURN(const std::optional<std::string> kept,
                        store_.kv().Get(keys::Password(document)));
  return kept.value_or("");
}

absl::StatusOr<v1::RenderPageResponse> Renditions::RenderPage(
    const Principal& caller, const v1::RenderPageRequest& request) {
  const PageName name = ParsePageName(request.name());
  FOIA_ASSIGN_OR_RETURN(const DocumentStore::Found found,
                        store_.FindDocument(caller, name.document));
  const v1::Document& document = found.stored.document();
  if (name.page < 1 || name.page > document.page_count()) return PageNotFound(request.name());
  FOIA_ASSIGN_OR_RETURN(const std::optional<v1::StoredPage> page,
                        store_.Read<v1::StoredPage>(keys::Page(found.id, name.page)));
  if (!page.has_value()) return PageNotFound(request.name());
  // Of a page that was not read nobody knows yet what it shows.
  FOIA_RETURN_IF_ERROR(
      access::Check(caller, IsRead(page->state()) ? Action::kRead : Action::kReadSealedOriginal,
                    document.label(), request.name()));
  const int dpi = request.dpi() == 0 ? kViewDpi : request.dpi();
  if (dpi < kMinDpi || dpi > kMaxDpi) {
    return InvalidFields({{"dpi", absl::StrCat("must be ", kMinDpi, " to ", kMaxDpi)}});
  }

  v1::RenderPageResponse response;
  const std::string file =
      absl::StrCat(document.sha256(), "-", name.page, "-", dpi, "-v", kPictureVersion, ".webp");
  if (std::optional<std::string> kept = cache_.Read(file); kept.has_value()) {
    response.set_webp(*std::move(kept));
    return response;
  }
  FOIA_ASSIGN_OR_RETURN(const std::string password, PasswordOf(found.id, request.password()));
  FOIA_ASSIGN_OR_RETURN(const storage::File blob, store_.blobs().Open(document.sha256()));
  FOIA_ASSIGN_OR_RETURN(v1::Picture picture,
                        renderer_.Draw(blob.descriptor(), password, name.page, dpi));
  // A full disk keeps nobody from looking at it.
  cache_.Put(file, picture.webp()).IgnoreError();
  response.set_webp(std::move(*picture.mutable_webp()));
  return response;
}

absl::StatusOr<v1::Export> Renditions::ExportDocument(const Principal& caller,
                                                      const v1::ExportDocumentRequest& request) {
  FOIA_ASSIGN_OR_RETURN(const DocumentStore::Found found,
                        store_.FindDocument(caller, request.name()));
  FOIA_RETURN_IF_ERROR(CheckOriginal(caller, found.stored, request.name()));
  const v1::Document& document = found.stored.document();
  if (document.page_count() == 0) {
    return MakeError(Reason::REASON_CANNOT_RENDER, "the document has no pages, or none yet");
  }
  // The feed's number moves with every page that is read: another number, another export.
  const std::string name =
      absl::StrCat("documents/", found.id, "/exports/", found.stored.sequence());
  FOIA_ASSIGN_OR_RETURN(std::string password, PasswordOf(found.id, request.password()));

  std::unique_lock lock(mutex_);
  std::shared_ptr<Job>& job = jobs_[name];
  if (job == nullptr || (job->ended && !cache_.Read(FileOf(name), 0, 0).has_value())) {
    if (waiting_.size() >= options_.max_exports || stopping_) {
      jobs_.erase(name);
      return stopping_ ? MakeError(Reason::REASON_SHUTTING_DOWN, "the service is stopping")
                       : MakeError(Reason::REASON_OVERLOADED, "too many exports wait already");
    }
    job = std::make_shared<Job>();
    job->document = found.id;
    job->sha256 = document.sha256();
    job->password = std::move(password);
    job->result.set_name(name);
    job->result.set_page_count(document.page_count());
    waiting_.push_back(job);
    if (!thread_.joinable()) thread_ = std::thread(&Renditions::Run, this);
    changed_.notify_all();
  }
  const std::shared_ptr<Job> mine = job;
  changed_.wait_for(lock, absl::ToChronoMilliseconds(options_.wait),
                    [&] { return mine->ended || stopping_; });
  if (mine->ended && !mine->status.ok()) {
    const auto stored = jobs_.find(name);
    if (stored != jobs_.end() && stored->second == mine) jobs_.erase(stored);
    return mine->status;
  }
  return mine->result;
}

void Renditions::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const std::shared_ptr<Job> job = waiting_.front();
    lock.unlock();
    const absl::Status made = Make(*job);
    lock.lock();
    waiting_.pop_front();
    job->password.clear();
    job->status = made;
    job->ended = true;
    job->result.set_done(made.ok());
    for (auto it = jobs_.begin(); jobs_.size() > kMaxJobs && it != jobs_.end();) {
      it = it->second->ended && it->second != job ? jobs_.erase(it) : std::next(it);
    }
    changed_.notify_all();
  }
}

absl::Status Renditions::Make(Job& job) {
  const std::string file = FileOf(job.result.name());
  FOIA_ASSIGN_OR_RETURN(const storage::File blob, store_.blobs().Open(job.sha256));
  FOIA_ASSIGN_OR_RETURN(const std::unique_ptr<storage::DiskCache::Writer> writer,
                        cache_.Write(file));
  Sha256Stream hash;
  int64_t size = 0;
  FOIA_RETURN_IF_ERROR(renderer_.WritePdf(
      blob.descriptor(), job.password, job.result.page_count(),
      [&](int number) -> absl::StatusOr<v1::PageRecord> {
        FOIA_ASSIGN_OR_RETURN(const std::optional<v1::StoredPage> stored,
                              store_.Read<v1::StoredPage>(keys::Page(job.document, number)));
        if (!stored.has_value()) return CorruptRecord(keys::Page(job.document, number));
        FOIA_ASSIGN_OR_RETURN(v1::Page page,
                              store_.RenderPage(job.document, number, *stored, job.sha256, true));
        const std::lock_guard lock(mutex_);
        job.result.set_pages_done(number);
        return std::move(*page.mutable_record());
      },
      [&](std::string_view piece) {
        hash.Update(piece);
        size += static_cast<int64_t>(piece.size());
        return writer->Append(piece);
      }));
  FOIA_RETURN_IF_ERROR(writer->Commit());
  const std::lock_guard lock(mutex_);
  job.result.set_size_bytes(size);
  job.result.set_sha256(HexEncode(hash.Digest()));
  return absl::OkStatus();
}

absl::StatusOr<v1::ReadExportResponse> Renditions::ReadExport(
    const Principal& caller, const v1::ReadExportRequest& request) {
  const std::string name = request.name().substr(0, request.name().find("/exports/"));
  FOIA_ASSIGN_OR_RETURN(const DocumentStore::Found found, store_.FindDocument(caller, name));
  FOIA_RETURN_IF_ERROR(CheckOriginal(caller, found.stored, request.name()));
  if (request.offset() < 0 || request.length() < 1 || request.length() > kMaxReadBytes) {
    return InvalidFields({{"length", "must be 1 to 1 MiB, from an offset of at least 0"}});
  }
  {
    const std::lock_guard lock(mutex_);
    const auto job = jobs_.find(request.name());
    if (job == jobs_.end() || !job->second->result.done() || job->second->document != found.id) {
      return ExportGone(request.name());
    }
  }
  std::optional<std::string> data =
      cache_.Read(FileOf(request.name()), request.offset(), request.length());
  if (!data.has_value()) return ExportGone(request.name());
  v1::ReadExportResponse response;
  response.set_data(*std::move(data));
  return response;
}

}  // namespace foia::documents
