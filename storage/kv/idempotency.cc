#include "storage/kv/idempotency.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "absl/strings/str_cat.h"
#include "services/base/crypto.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/base/strings.h"

namespace foia::storage {
namespace {

// Maps are serialised in a fixed order, so that equal payloads have equal hashes.
std::string DeterministicBytes(const google::protobuf::MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace

IdempotentCall::IdempotentCall(std::string_view method, std::string_view caller,
                               std::string_view request_id,
                               const google::protobuf::MessageLite& request)
    : request_id_(request_id), payload_hash_(Sha256(DeterministicBytes(request))) {
  if (request_id.empty()) return;
  key_ = absl::StrCat("call/", ToAbsl(method), "/", ToAbsl(caller), "/", ToAbsl(request_id));
}

absl::StatusOr<std::optional<std::string>> IdempotentCall::FindAnswer(KeyValueStore& store) const {
  if (key_.empty()) return std::nullopt;
  FOIA_ASSIGN_OR_RETURN(std::optional<std::string> stored, store.Get(key_));
  if (!stored.has_value()) return std::nullopt;
  if (stored->substr(0, kSha256Size) != payload_hash_) {
    return MakeError(Reason::REASON_REQUEST_ID_REUSED,
                     absl::StrCat("request_id '", request_id_, "' came before with other content"),
                     {{"request_id", request_id_}});
  }
  return stored->substr(kSha256Size);
}

void IdempotentCall::Remember(const google::protobuf::MessageLite& answer, WriteBatch& batch,
                              std::vector<Precondition>& preconditions) const {
  if (key_.empty()) return;
  batch.Put(key_, payload_hash_ + answer.SerializeAsString());
  preconditions.push_back(Precondition::KeyAbsent(key_));
}

}  // namespace foia::storage
