// Unpacks containers: ZIP archives, and PDF files with others attached. Runs in foia-page and from
// memory; the limits here keep a decompression bomb from doing more than waste a little time. The
// documents service has limits of its own and believes none of this.
#ifndef FOIA_OCR_PAGE_UNPACK_H_
#define FOIA_OCR_PAGE_UNPACK_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "foia/documents/v1/page_job.pb.h"
#include "ocr/pdf/document.h"

namespace foia::ocr {

// Of one container.
inline constexpr int64_t kMaxMemberBytes = int64_t{4} << 30;
inline constexpr int64_t kMaxUnpackedBytes = int64_t{16} << 30;
// A member may always grow to this size, and beyond it to this multiple of its packed size. Blank
// pages in plain TIFF files come near it, nothing honest goes beyond.
inline constexpr int64_t kFreeBytes = 16 << 20;
inline constexpr int64_t kMaxRatio = 200;
inline constexpr size_t kMaxPathBytes = 1024;
inline constexpr size_t kMaxListedErrors = 100;

// What the file is, as for a probe.
documents::v1::ProbeResult ProbeFile(const Document::Opened& opened);

// Sends all members, each in chunks of which the last says how it ended; then what the file is and
// which members could not be unpacked. Stops when `send` returns false: nobody listens any more.
documents::v1::ProbeResult Unpack(
    std::string_view bytes, const Document::Opened& opened, const std::string& password,
    const std::function<bool(const documents::v1::MemberChunk&)>& send);

// A name from an archive in UTF-8: as it is when it is UTF-8, else read as code page 437, which is
// what the format says.
std::string NameToUtf8(std::string_view name);

}  // namespace foia::ocr

#endif  // FOIA_OCR_PAGE_UNPACK_H_
