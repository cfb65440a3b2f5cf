#include "services/documents/record_check.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "services/base/crypto.h"
#include "services/base/strings.h"

namespace foia::documents {
namespace {

constexpr size_t kMaxReasonBytes = 200;
constexpr size_t kMaxNameBytes = 200;

bool IsBox(const v1::Box& box) {
  // One comparison each: false for NaN, too.
  return std::isfinite(box.x0()) && std::isfinite(box.y0()) && std::isfinite(box.x1()) &&
         std::isfinite(box.y1()) && box.x0() <= box.x1() && box.y0() <= box.y1();
}

bool AreWords(const google::protobuf::RepeatedPtrField<v1::Word>& words, int lines) {
  return std::all_of(words.begin(), words.end(), [&](const v1::Word& word) {
    return IsBox(word.box()) && std::isfinite(word.confidence()) && word.line() >= 0 &&
           word.line() < std::max(lines, 1);
  });
}

// States in which a page or a probe may end.
bool MayEnd(v1::PageState state) {
  return state >= v1::PAGE_STATE_DONE && state <= v1::PAGE_STATE_FAILED;
}

}  // namespace

std::string_view WhatIsWrong(const v1::PageRecord& record) {
  if (!MayEnd(record.state())) return "its state is not an end";
  if (record.ByteSizeLong() > kMaxRecordBytes) return "it is too large";
  if (record.format() != 1) return "its format is unknown";
  if (record.state() != v1::PAGE_STATE_DONE &&
      (!record.text().empty() || record.words_size() > 0)) {
    return "it has text, but was not read";
  }
  if (!std::isfinite(record.width()) || !std::isfinite(record.height()) || record.width() < 0 ||
      record.height() < 0) {
    return "its page has no size";
  }
  if (!AreWords(record.words(), record.lines_size()) ||
      !AreWords(record.other_layer_words(), record.lines_size())) {
    return "a word is not on the page";
  }
  for (const v1::Line& line : record.lines()) {
    if (!IsBox(line.box()) || line.block() < 0 ||
        line.block() >= std::max(record.blocks_size(), 1)) {
      return "a line is not on the page";
    }
  }
  for (const v1::Block& block : record.blocks()) {
    if (!IsBox(block.box())) return "a block is not on the page";
  }
  for (const v1::Redaction& redaction : record.redactions()) {
    if (!IsBox(redaction.box()) || redaction.word_position() < 0 ||
        redaction.word_position() > record.words_size() || redaction.recoverable_chars() < 0) {
      return "a redaction is not on the page";
    }
  }
  if (!std::isfinite(record.mean_confidence()) || !std::isfinite(record.ink_covered())) {
    return "its quality is no number";
  }
  if (record.sealed().characters() < 0 || (!record.sealed().keyed_hash().empty() &&
                                           record.sealed().keyed_hash().size() != kSha256Size)) {
    return "its sealed counts are impossible";
  }
  if (record.bates_number().size() > kMaxNameBytes || record.page_label().size() > kMaxNameBytes) {
    return "a number on the page is too long";
  }
  return {};
}

std::string_view WhatIsWrong(const v1::ProbeResult& probe) {
  if (!MayEnd(probe.state()) || probe.state() == v1::PAGE_STATE_BLANK) {
    return "its state is not an end";
  }
  if (probe.page_count() < 0 || probe.member_error_count() < 0) return "a count is impossible";
  if (probe.state() == v1::PAGE_STATE_DONE && probe.page_count() < 1 && !probe.is_container()) {
    return "it has no pages";
  }
  for (const v1::MemberError& error : probe.member_errors()) {
    if (!MayEnd(error.state()) || error.state() == v1::PAGE_STATE_DONE) {
      return "a member's state is no failure";
    }
  }
  if (probe.media_type().size() > kMaxNameBytes ||
      !std::all_of(probe.media_type().begin(), probe.media_type().end(),
                   [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); })) {
    return "its media type is none";
  }
  return {};
}

std::string CleanReason(std::string_view reason) {
  std::string clean;
  for (const char c : reason.substr(0, kMaxReasonBytes)) {
    // Reasons are ours and in English: anything else is not shown.
    clean += absl::ascii_isprint(static_cast<unsigned char>(c)) ? c : '?';
  }
  return clean;
}

std::string PipelineVersion(const v1::Engine& engine) {
  const std::string parts =
      absl::StrJoin({engine.pipeline(), engine.recognizer(), engine.renderer(), engine.languages(),
                     engine.configuration_hash()},
                    absl::string_view("\0", 1));
  return HexEncode(Sha256(parts)).substr(0, 16);
}

}  // namespace foia::documents
