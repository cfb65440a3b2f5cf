#include "cli/upload_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "foia/documents/v1/document_service.grpc.pb.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia::cli {
namespace {

using documents::v1::CreateUploadRequest;
using documents::v1::Document;
using documents::v1::DocumentService;
using documents::v1::Upload;

constexpr std::streamsize kChunk = 1 << 20;  // the most the server takes
constexpr absl::Duration kChunkPatience = absl::Minutes(2);
constexpr absl::Duration kFinishPatience = absl::Minutes(10);  // the server reads all of it again
constexpr int kTries = 6;
constexpr absl::Duration kFirstPause = absl::Milliseconds(250);  // doubled with each try

absl::Status Unreadable(const std::string& path, const std::string& why) {
  return MakeError(Reason::REASON_UNREADABLE_FILE, absl::StrCat("cannot read '", path, "': ", why),
                   {{"file", path}});
}

// A UUID (version 8, RFC 9562) made of a hash.
std::string UuidOf(std::string_view hash) {
  std::string bytes(hash.substr(0, 16));
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x80);
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
  const std::string hex = HexEncode(bytes);
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
                      hex.substr(16, 4), "-", hex.substr(20));
}

// Once from wherever the server stands to the document. `counted` is what `progress` knows of.
absl::StatusOr<Document> Try(Session& session, const std::string& path,
                             const CreateUploadRequest& plan, const std::string& password,
                             Progress& progress, int64_t& counted) {
  FOIA_ASSIGN_OR_RETURN(Upload upload, session.Call(&DocumentService::Stub::CreateUpload, plan));
  const auto count = [&](int64_t committed) {
    if (committed > counted) progress.Add(committed - counted);
    counted = std::max(counted, committed);
  };
  count(upload.committed_size_bytes());
  std::ifstream file(path, std::ios::binary);
  documents::v1::WriteUploadRequest chunk;
  chunk.set_name(upload.name());
  while (upload.committed_size_bytes() < plan.document().size_bytes()) {
    chunk.set_offset(upload.committed_size_bytes());
    std::string& data = *chunk.mutable_data();
    data.resize(kChunk);
    file.seekg(chunk.offset());
    file.read(data.data(), kChunk);
    data.resize(static_cast<size_t>(file.gcount()));
    if (file.bad()) return Unreadable(path, std::strerror(errno));
    if (data.empty()) break;  // it shrank: the server says so when the upload ends
    file.clear();
    FOIA_ASSIGN_OR_RETURN(upload,
                          session.Call(&DocumentService::Stub::WriteUpload, chunk, kChunkPatience));
    count(upload.committed_size_bytes());
  }
  documents::v1::FinishUploadRequest finish;
  finish.set_name(upload.name());
  finish.set_password(password);
  return session.Call(&DocumentService::Stub::FinishUpload, finish, kFinishPatience);
}

}  // namespace

absl::StatusOr<CreateUploadRequest> PlanUpload(const std::string& path, const Document& document) {
  CreateUploadRequest plan;
  *plan.mutable_document() = document;
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return Unreadable(path, "is a folder");
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return Unreadable(path, std::strerror(errno));
  Sha256Stream hash;
  std::string buffer(kChunk, '\0');
  int64_t size = 0;
  do {
    file.read(buffer.data(), kChunk);
    hash.Update(std::string_view(buffer.data(), static_cast<size_t>(file.gcount())));
    size += file.gcount();
  } while (file.good());
  if (file.bad()) return Unreadable(path, std::strerror(errno));
  plan.mutable_document()->set_file_name(std::filesystem::path(path).filename().string());
  plan.mutable_document()->set_size_bytes(size);
  plan.mutable_document()->set_sha256(HexEncode(hash.Digest()));
  plan.set_request_id(UuidOf(Sha256(plan.document().SerializeAsString())));
  return plan;
}

bool IsTransient(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case Reason::REASON_SERVER_UNREACHABLE:
    case Reason::REASON_TIMEOUT:
    case Reason::REASON_OVERLOADED:
    case Reason::REASON_SHUTTING_DOWN:
    case Reason::REASON_OFFSET_MISMATCH:  // a chunk arrived whose answer was lost
      return true;
    default:
      return false;
  }
}

absl::StatusOr<Document> UploadFile(Session& session, const std::string& path,
                                    const CreateUploadRequest& plan, const std::string& password,
                                    Progress& progress) {
  int64_t counted = 0;
  absl::Duration pause = kFirstPause;
  for (int left = kTries;;) {
    const int64_t before = counted;
    absl::StatusOr<Document> document = Try(session, path, plan, password, progress, counted);
    if (document.ok() || !IsTransient(document.status())) return document;
    if (counted > before) {  // it moves: patience begins anew
      left = kTries;
      pause = kFirstPause;
    }
    if (--left == 0) return document;
    absl::SleepFor(pause);
    pause *= 2;
  }
}

}  // namespace foia::cli
