// Create calls carry a request_id: the same id with the same payload gets the first answer again,
// with another payload an error (AIP-155). The answer is remembered in the batch that makes it
// true.
//
//   IdempotentCall call("CreateAgency", caller.name(), request.request_id(), request);
//   FOIA_ASSIGN_OR_RETURN(auto answer, call.FindAnswer(store));
//   if (answer.has_value()) return Parse(*answer);
//   ...
//   call.Remember(response, batch, preconditions);
//   Commit; on ABORTED look again: somebody else made the same call at the same time.
#ifndef FOIA_STORAGE_KV_IDEMPOTENCY_H_
#define FOIA_STORAGE_KV_IDEMPOTENCY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message_lite.h"
#include "storage/kv/key_value_store.h"

namespace foia::storage {

class IdempotentCall {
 public:
  // An empty `request_id` switches everything off: each call is its own.
  IdempotentCall(std::string_view method, std::string_view caller, std::string_view request_id,
                 const google::protobuf::MessageLite& request);

  // The serialised first answer, or nullopt. REQUEST_ID_REUSED when the payload differs.
  absl::StatusOr<std::optional<std::string>> FindAnswer(KeyValueStore& store) const;
  void Remember(const google::protobuf::MessageLite& answer, WriteBatch& batch,
                std::vector<Precondition>& preconditions) const;

 private:
  std::string key_;  // empty: switched off
  std::string request_id_;
  std::string payload_hash_;
};

}  // namespace foia::storage

#endif  // FOIA_STORAGE_KV_IDEMPOTENCY_H_
