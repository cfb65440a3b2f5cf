#include "ocr/page/unpack.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ocr/pdf/zip.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

constexpr size_t kChunk = 1 << 20;

// The upper half of code page 437.
constexpr std::u32string_view kCodePage437 =
    U"ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄"
    U"▌▐▀"
    U"αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";
static_assert(kCodePage437.size() == 128);

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t size = first < 0x80   ? 1
                        : first < 0xC2 ? 0
                        : first < 0xE0 ? 2
                        : first < 0xF0 ? 3
                        : first < 0xF5 ? 4
                                       : 0;
    if (size == 0 || text.size() - i < size) return false;
    char32_t code = size == 1 ? first : first & (0xFF >> (size + 1));
    for (size_t k = 1; k < size; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      code = code << 6 | (next & 0x3F);
    }
    // Overlong forms, surrogates, and what lies behind the last code point.
    if ((size == 3 && code < 0x800) || (size == 4 && code < 0x10000) || code > 0x10FFFF ||
        (code >= 0xD800 && code < 0xE000)) {
      return false;
    }
    i += size;
  }
  return true;
}

// How a member ended: DONE, or why not.
struct End {
  pb::PageState state = pb::PAGE_STATE_DONE;
  std::string reason;
};

End EndOf(ZipResult result, bool password_given) {
  switch (result) {
    case ZipResult::kOk:
      return {};
    case ZipResult::kPassword:
      return {pb::PAGE_STATE_NEEDS_PASSWORD,
              password_given ? "the password is wrong" : "it is encrypted"};
    case ZipResult::kUnsupported:
      return {pb::PAGE_STATE_UNSUPPORTED, "it is packed or encrypted in a way that is not known"};
    case ZipResult::kDamaged:
    case ZipResult::kStopped:  // the sender knows why
      break;
  }
  return {pb::PAGE_STATE_DAMAGED, "it is damaged or cut off"};
}

// Cuts members into chunks, holds them to the limits and notes what went wrong.
class Sender {
 public:
  Sender(size_t container_bytes, const std::function<bool(const pb::MemberChunk&)>& send,
         pb::ProbeResult& result)
      : send_(send),
        result_(result),
        most_in_all_(std::min<int64_t>(
            kMaxUnpackedBytes,
            4 * kFreeBytes + kMaxRatio * static_cast<int64_t>(container_bytes))) {}

  // `packed`: how many bytes of the container the member takes.
  void Begin(int index, std::string_view raw_path, int64_t packed) {
    chunk_.Clear();
    chunk_.set_index(index);
    chunk_.set_raw_path(std::string(raw_path.substr(0, kMaxPathBytes)));
    chunk_.set_path(NameToUtf8(chunk_.raw_path()));
    bytes_ = 0;
    most_ = std::max(kFreeBytes, kMaxRatio * packed);
    refused_.reset();
    if (raw_path.size() > kMaxPathBytes) {
      refused_ = End{pb::PAGE_STATE_UNSUPPORTED,
                     absl::StrCat("its path has more than ", kMaxPathBytes, " bytes")};
    }
  }

  // False: no more of it is wanted.
  bool Write(std::string_view bytes) {
    bytes_ += static_cast<int64_t>(bytes.size());
    all_ += static_cast<int64_t>(bytes.size());
    if (bytes_ > kMaxMemberBytes) {
      refused_ = End{pb::PAGE_STATE_UNSUPPORTED, "it is larger than 4 GiB"};
    } else if (bytes_ > most_) {
      refused_ = End{pb::PAGE_STATE_UNSUPPORTED,
                     absl::StrCat("it grows to more than ", kMaxRatio, " times its packed size")};
    } else if (all_ > most_in_all_) {
      refused_ = End{pb::PAGE_STATE_UNSUPPORTED,
                     "the members together are larger than may be unpacked of such a file"};
    }
    if (refused_.has_value()) return false;
    while (!bytes.empty() && listening_) {
      const size_t room = std::min(kChunk - chunk_.data().size(), bytes.size());
      chunk_.mutable_data()->append(bytes.substr(0, room));
      bytes.remove_prefix(room);
      if (chunk_.data().size() == kChunk) Send();
    }
    return listening_;
  }

  bool refused() const { return refused_.has_value(); }

  void Finish(End end) {
    if (refused_.has_value()) end = *std::move(refused_);
    if (end.state != pb::PAGE_STATE_DONE) {
      chunk_.clear_data();
      Fail(chunk_.path(), end);
    }
    chunk_.set_end(end.state);
    chunk_.set_reason(end.reason);
    Send();
  }

  // Notes a failure; without a path it is one of the container.
  void Fail(const std::string& path, const End& end, int count = 1) {
    result_.set_member_error_count(result_.member_error_count() + count);
    encrypted_ += end.state == pb::PAGE_STATE_NEEDS_PASSWORD ? 1 : 0;
    if (static_cast<size_t>(result_.member_errors_size()) >= kMaxListedErrors) return;
    pb::MemberError* const error = result_.add_member_errors();
    error->set_path(path);
    error->set_state(end.state);
    error->set_reason(end.reason);
  }

  bool listening() const { return listening_; }
  int encrypted() const { return encrypted_; }

 private:
  void Send() {
    listening_ = listening_ && send_(chunk_);
    chunk_.clear_data();
  }

  const std::function<bool(const pb::MemberChunk&)>& send_;
  pb::ProbeResult& result_;
  const int64_t most_in_all_;
  pb::MemberChunk chunk_;
  int64_t bytes_ = 0, most_ = 0, all_ = 0;
  int encrypted_ = 0;
  std::optional<End> refused_;
  bool listening_ = true;
};

void UnpackZip(std::string_view bytes, const std::string& password, Sender& sender,
               pb::ProbeResult& result) {
  const ZipArchive archive(bytes);
  int index = 0;
  for (const ZipMember& member : archive.members()) {
    if (IsFolder(member)) continue;
    sender.Begin(++index, member.name, static_cast<int64_t>(member.packed_size));
    ZipResult read = ZipResult::kStopped;
    if (!sender.refused()) {
      read = archive.Read(member, password,
                          [&](std::string_view piece) { return sender.Write(piece); });
    }
    sender.Finish(EndOf(read, !password.empty()));
    if (!sender.listening()) return;
  }
  if (archive.unlisted() > 0) {
    sender.Fail("",
                {pb::PAGE_STATE_UNSUPPORTED,
                 absl::StrCat("the archive has more than ", ZipArchive::kMaxMembers, " members; ",
                              archive.unlisted(), " were not unpacked")},
                static_cast<int>(std::min<uint64_t>(archive.unlisted(), 1'000'000'000)));
  }
  if (archive.recovered()) {
    sender.Fail("", {pb::PAGE_STATE_DAMAGED,
                     "the archive's directory is missing: it was cut off, and only what was found "
                     "is here"});
  }
  if (sender.encrypted() > 0) {
    result.set_state(pb::PAGE_STATE_NEEDS_PASSWORD);
    result.set_state_reason(absl::StrCat(
        sender.encrypted(), " of ", index,
        password.empty() ? " members are encrypted" : " members do not open with the password"));
  }
}

void UnpackAttachments(std::string_view bytes, Document& document, bool password_given,
                       Sender& sender) {
  int index = 0;
  for (const std::string& name : document.AttachmentNames()) {
    sender.Begin(++index, name, static_cast<int64_t>(bytes.size()));
    ZipResult read = ZipResult::kDamaged;
    if (document.attachments_are_locked()) {
      read = ZipResult::kPassword;
    } else if (!sender.refused() && document.ReadAttachment(index, [&](std::string_view piece) {
                 return sender.Write(piece);
               })) {
      read = ZipResult::kOk;
    }
    sender.Finish(EndOf(read, password_given));
    if (!sender.listening()) return;
  }
}

}  // namespace

std::string NameToUtf8(std::string_view name) {
  if (IsUtf8(name)) return std::string(name);
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    AppendUtf8(&out, byte < 0x80 ? byte : kCodePage437[byte - 0x80]);
  }
  return out;
}

pb::ProbeResult ProbeFile(const Document::Opened& opened) {
  pb::ProbeResult probe;
  probe.set_state(opened.state);
  probe.set_state_reason(opened.reason);
  probe.set_media_type(opened.media_type);
  probe.set_is_container(opened.is_archive);
  if (opened.document != nullptr) {
    probe.set_page_count(opened.document->page_count());
    probe.set_is_container(!opened.document->AttachmentNames().empty());
  }
  return probe;
}

pb::ProbeResult Unpack(std::string_view bytes, const Document::Opened& opened,
                       const std::string& password,
                       const std::function<bool(const pb::MemberChunk&)>& send) {
  pb::ProbeResult result = ProbeFile(opened);
  Sender sender(bytes.size(), send, result);
  if (opened.document != nullptr) {
    UnpackAttachments(bytes, *opened.document, !password.empty(), sender);
  } else if (opened.is_archive) {
    UnpackZip(bytes, password, sender, result);
  }
  return result;
}

}  // namespace foia::ocr
