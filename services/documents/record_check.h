// foia-page is not trusted: what it sends is checked before it is stored.
#ifndef FOIA_SERVICES_DOCUMENTS_RECORD_CHECK_H_
#define FOIA_SERVICES_DOCUMENTS_RECORD_CHECK_H_

#include <string>
#include <string_view>

#include "foia/documents/v1/page_job.pb.h"
#include "foia/documents/v1/page_record.pb.h"

namespace foia::documents {

// A page record must fit into one RPC with the rest of its message.
inline constexpr size_t kMaxRecordBytes = 3u << 20;
inline constexpr int kMaxPages = 100'000;

// What is wrong with a record: sizes, indices, numbers, states; empty when it may be stored. Never
// quotes the record.
std::string_view WhatIsWrong(const v1::PageRecord& record);
// The same for a probe.
std::string_view WhatIsWrong(const v1::ProbeResult& probe);

// A reason as it may be shown: one line of bounded length.
std::string CleanReason(std::string_view reason);

// The pipeline version: a digest of the engine, 16 hexadecimal digits.
std::string PipelineVersion(const v1::Engine& engine);

}  // namespace foia::documents

#endif  // FOIA_SERVICES_DOCUMENTS_RECORD_CHECK_H_
