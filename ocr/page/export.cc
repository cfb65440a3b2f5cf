#include "ocr/page/export.h"

#include <cstdio>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ocr/pdf/geometry.h"
#include "services/base/strings.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

void AppendString(std::string* out, std::string_view text) {
  out->push_back('"');
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    switch (c) {
      case '"':
        out->append("\\\"");
        break;
      case '\\':
        out->append("\\\\");
        break;
      case '\n':
        out->append("\\n");
        break;
      default:
        if (u < 0x20) {
          char escape[8];
          std::snprintf(escape, sizeof escape, "\\u%04x", u);
          out->append(escape);
        } else {
          out->push_back(c);
        }
    }
  }
  out->push_back('"');
}

void AppendNumber(std::string* out, float value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", static_cast<double>(value));
  out->append(text);
}

void AppendBox(std::string* out, const pb::PageTransform& transform, const pb::Box& box) {
  const Rect r = Convert(transform, FromBox(box), Space::kStored, Space::kDisplayed);
  out->append("[");
  AppendNumber(out, r.x0);
  for (const float v : {r.y0, r.x1, r.y1}) {
    out->append(", ");
    AppendNumber(out, v);
  }
  out->append("]");
}

// "PAGE_STATE_DONE" -> "DONE"; lower-case where the form wants it. A value that this program does
// not know has no name.
std::string Short(const std::string& name, std::string_view prefix, bool lower) {
  std::string out(absl::StripPrefix(name, ToAbsl(prefix)));
  if (lower) absl::AsciiStrToLower(&out);
  return out;
}

void AppendPage(std::string* out, int number, const pb::PageRecord& page) {
  absl::StrAppend(out, "{\"page\": ", number, ", \"width\": ");
  AppendNumber(out, page.width());
  out->append(", \"height\": ");
  AppendNumber(out, page.height());
  absl::StrAppend(out, ", \"rotation\": ", page.transform().rotate(), ", \"state\": ");
  AppendString(out, Short(pb::PageState_Name(page.state()), "PAGE_STATE_", false));
  if (!page.state_reason().empty()) {
    out->append(", \"state_reason\": ");
    AppendString(out, page.state_reason());
  }
  absl::StrAppend(out, ", \"sealed\": ", page.sealed().characters());
  out->append(", \"text\": ");
  AppendString(out, page.text());
  out->append(",\n \"words\": [");
  for (int i = 0; i < page.words_size(); ++i) {
    const pb::Word& w = page.words(i);
    out->append(i == 0 ? "\n  {\"text\": " : ",\n  {\"text\": ");
    AppendString(out, w.text());
    out->append(", \"box\": ");
    AppendBox(out, page.transform(), w.box());
    out->append(", \"confidence\": ");
    AppendNumber(out, w.confidence());
    out->append(", \"source\": ");
    AppendString(out, Short(pb::WordSource_Name(w.source()), "WORD_SOURCE_", true));
    out->append("}");
  }
  out->append("],\n \"redactions\": [");
  for (int i = 0; i < page.redactions_size(); ++i) {
    const pb::Redaction& r = page.redactions(i);
    out->append(i == 0 ? "\n  {\"box\": " : ",\n  {\"box\": ");
    AppendBox(out, page.transform(), r.box());
    out->append(", \"kind\": ");
    AppendString(out, Short(pb::RedactionKind_Name(r.kind()), "REDACTION_KIND_", true));
    out->append(", \"codes\": [");
    for (int c = 0; c < r.codes_size(); ++c) {
      if (c > 0) out->append(", ");
      AppendString(out, r.codes(c).code());
    }
    out->append("], \"code_status\": ");
    AppendString(out, Short(pb::CodeStatus_Name(r.code_status()), "CODE_STATUS_", true));
    absl::StrAppend(out, ", \"failed\": ", r.failed() ? "true" : "false",
                    ", \"recoverable_chars\": ", r.recoverable_chars(), ", \"confidence\": ");
    AppendNumber(out, r.confidence());
    out->append("}");
  }
  out->append("]}");
}

}  // namespace

std::string PageRecordsToJson(std::string_view file, std::string_view sha256,
                              const std::vector<pb::PageRecord>& pages) {
  std::string out = "{\"file\": ";
  AppendString(&out, file);
  out.append(", \"sha256\": ");
  AppendString(&out, sha256);
  out.append(", \"pages\": [");
  for (size_t i = 0; i < pages.size(); ++i) {
    out.append(i == 0 ? "\n" : ",\n");
    AppendPage(&out, static_cast<int>(i) + 1, pages[i]);
  }
  out.append("]}\n");
  return out;
}

std::string PageRecordsToText(const std::vector<pb::PageRecord>& pages) {
  std::string out;
  for (size_t i = 0; i < pages.size(); ++i) {
    if (i > 0) out.push_back('\f');
    out.append(pages[i].text());
  }
  return out;
}

}  // namespace foia::ocr
