// hOCR 1.2 (http://kba.github.io/hocr-spec/1.2/) and ALTO 4.2
// (https://www.loc.gov/standards/alto/).
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "ocr/page/export.h"
#include "ocr/pdf/geometry.h"
#include "services/base/strings.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;

// hOCR wants whole pixels: fine enough that small print keeps its boxes apart.
constexpr double kHocrDpi = 300;
// ALTO's inch1200: no resolution has to be known to use it.
constexpr double kAltoUnitsPerInch = 1200;

// The length of the UTF-8 sequence that `text` begins with, if XML 1.0 allows its character; else
// 0.
size_t XmlCharacter(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return lead >= 0x20 || lead == '\t' || lead == '\n' || lead == '\r' ? 1 : 0;
  const size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  unsigned code = lead & (0xFFU >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
    code = (code << 6) | (byte(i) & 0x3FU);
  }
  const bool overlong = code < (size == 2 ? 0x80U : size == 3 ? 0x800U : 0x10000U);
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  return overlong || surrogate || code == 0xFFFE || code == 0xFFFF || code > 0x10FFFF ? 0 : size;
}

// For content and attributes; what XML cannot hold is left out.
std::string Escaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t size = XmlCharacter(text.substr(i));
    switch (text[i]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += text.substr(i, size);
    }
    i += std::max<size_t>(size, 1);
  }
  return out;
}

std::string Attribute(std::string_view name, std::string_view value) {
  return absl::StrCat(" ", ToAbsl(name), "=\"", Escaped(value), "\"");
}

// BCP 47 in form, as both formats want it; nothing else is passed on.
bool IsLanguage(std::string_view tag) {
  size_t part = 0;
  for (const char c : tag) {
    part = c == '-' ? 0 : part + 1;
    if (part > 8 || (c != '-' && !absl::ascii_isalnum(static_cast<unsigned char>(c)))) return false;
  }
  return part > 0 && absl::ascii_isalpha(static_cast<unsigned char>(tag.front()));
}

std::string LowerName(const std::string& name, std::string_view prefix) {
  std::string out(absl::StripPrefix(name, ToAbsl(prefix)));
  absl::AsciiStrToLower(&out);
  return out;
}
std::string StateName(const pb::PageRecord& page) {
  return LowerName(pb::PageState_Name(page.state()), "PAGE_STATE_");
}
std::string KindName(const pb::Redaction& redaction) {
  return LowerName(pb::RedactionKind_Name(redaction.kind()), "REDACTION_KIND_");
}

// Lines and blocks of a page as displayed, by the words' own entries.
struct LayoutLine {
  Rect box;
  std::vector<int> words;
};
struct LayoutBlock {
  Rect box;
  std::vector<LayoutLine> lines;
};

Rect Displayed(const pb::PageRecord& page, const pb::Box& box) {
  return Convert(page.transform(), FromBox(box), Space::kStored, Space::kDisplayed);
}

std::vector<LayoutBlock> LayoutOf(const pb::PageRecord& page) {
  std::vector<LayoutBlock> blocks;
  int line = -1, block = -1;
  for (int i = 0; i < page.words_size(); ++i) {
    const pb::Word& word = page.words(i);
    const bool known = word.line() >= 0 && word.line() < page.lines_size();
    const int word_block = known ? page.lines(word.line()).block() : 0;
    if (blocks.empty() || word_block != block) {
      blocks.emplace_back();
      line = -1;
    }
    if (blocks.back().lines.empty() || word.line() != line) blocks.back().lines.emplace_back();
    block = word_block;
    line = word.line();
    const Rect box = Displayed(page, word.box());
    blocks.back().box = Union(blocks.back().box, box);
    blocks.back().lines.back().box = Union(blocks.back().lines.back().box, box);
    blocks.back().lines.back().words.push_back(i);
  }
  return blocks;
}

// Degrees by which the text of the page is turned counter-clockwise against the display, [0, 360).
double TextAngle(const pb::PageRecord& page) {
  const double angle = 90.0 * page.transform().upright_quarter_turns() +
                       static_cast<double>(page.transform().deskew_degrees());
  return angle < 0 ? angle + 360 : std::fmod(angle, 360);
}

std::string Decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

class Hocr {
 public:
  std::string Write(std::string_view file, const std::vector<pb::PageRecord>& pages) {
    std::string system = "foiad";
    if (!pages.empty()) {
      absl::StrAppend(&system, " (", pages.front().engine().recognizer(), ", ",
                      pages.front().engine().renderer(), ")");
    }
    absl::StrAppend(
        &out_, R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<title>)",
        Escaped(file), "</title>\n",
        R"(<meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>)",
        "\n<meta name=\"ocr-system\"", Attribute("content", system), "/>\n",
        R"(<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word )",
        "ocrx_redaction ocrp_wconf ocrp_lang\"/>\n",
        R"(<meta name="ocr-number-of-pages" content=")", pages.size(), "\"/>\n</head>\n<body>\n");
    // Strings of a title stand in double quotes and know no escape.
    std::string image(file);
    std::replace(image.begin(), image.end(), '"', '\'');
    for (size_t i = 0; i < pages.size(); ++i) Page(image, static_cast<int>(i) + 1, pages[i]);
    out_ += "</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  static std::string Box(const Rect& box) {
    const auto pixels = [](float points) {
      return std::lround(std::max(0.0, static_cast<double>(points)) * kHocrDpi / 72);
    };
    return absl::StrCat("bbox ", pixels(box.x0), " ", pixels(box.y0), " ", pixels(box.x1), " ",
                        pixels(box.y1));
  }

  // <ELEMENT class id title>; ids are "NAME_page_n".
  void Open(std::string_view element, std::string_view type, std::string_view name, int index,
            std::string_view title, std::string_view language = {}) {
    absl::StrAppend(&out_, "<", ToAbsl(element), Attribute("class", type),
                    Attribute("id", absl::StrCat(ToAbsl(name), "_", page_, "_", index)),
                    Attribute("title", title));
    if (IsLanguage(language)) {
      absl::StrAppend(&out_, Attribute("lang", language), Attribute("xml:lang", language));
    }
    out_ += ">";
  }

  void Page(const std::string& image, int number, const pb::PageRecord& page) {
    page_ = number;
    std::string title =
        absl::StrCat("image \"", image, "\"; ", Box({0, 0, page.width(), page.height()}),
                     "; ppageno ", number - 1, "; scan_res ", kHocrDpi, " ", kHocrDpi);
    if (page.state() != pb::PAGE_STATE_DONE) absl::StrAppend(&title, "; x_state ", StateName(page));
    absl::StrAppend(&out_, R"(<div class="ocr_page" id="page_)", number, "\"",
                    Attribute("title", title), ">\n");
    const double angle = TextAngle(page);
    const std::string turned = angle == 0 ? "" : absl::StrCat("; textangle ", Decimal(angle));
    int blocks = 0, lines = 0;
    for (const LayoutBlock& block : LayoutOf(page)) {
      Open("div", "ocr_carea", "block", ++blocks, Box(block.box));
      Open("p", "ocr_par", "par", blocks, Box(block.box));
      out_ += "\n";
      for (const LayoutLine& line : block.lines) {
        Open("span", "ocr_line", "line", ++lines, Box(line.box) + turned);
        for (const int i : line.words) {
          if (i != line.words.front()) out_ += " ";
          Word(page, i);
        }
        out_ += "</span>\n";
      }
      out_ += "</p></div>\n";
    }
    for (int i = 0; i < page.redactions_size(); ++i) {
      const pb::Redaction& r = page.redactions(i);
      std::string about = absl::StrCat(Box(Displayed(page, r.box())), "; x_kind ", KindName(r));
      if (!r.codes().empty()) about += "; x_codes";
      for (const pb::ExemptionCode& code : r.codes()) absl::StrAppend(&about, " ", code.code());
      Open("div", "ocrx_redaction", "redaction", i + 1, about);
      out_ += "</div>\n";
    }
    out_ += "</div>\n";
  }

  void Word(const pb::PageRecord& page, int i) {
    const pb::Word& word = page.words(i);
    Open("span", "ocrx_word", "word", i + 1,
         absl::StrCat(Box(Displayed(page, word.box())), "; x_wconf ",
                      std::lround(std::clamp(word.confidence(), 0.0F, 100.0F))),
         word.language());
    absl::StrAppend(&out_, Escaped(word.text()), "</span>");
  }

  std::string out_;
  int page_ = 0;
};

class Alto {
 public:
  std::string Write(std::string_view file, std::string_view sha256,
                    const std::vector<pb::PageRecord>& pages) {
    for (const pb::PageRecord& page : pages) {
      const pb::Engine& e = page.engine();
      engines_.try_emplace(EngineKey(e), absl::StrCat("reading_", engines_.size() + 1));
      for (const pb::Redaction& r : page.redactions()) {
        kinds_.insert(KindName(r));
        for (const pb::ExemptionCode& code : r.codes()) {
          codes_.try_emplace(code.code(), absl::StrCat("code_", codes_.size() + 1));
        }
      }
    }
    absl::StrAppend(&out_, R"(<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.loc.gov/standards/alto/ns-v4# http://www.loc.gov/standards/alto/v4/alto-4-2.xsd" SCHEMAVERSION="4.2">
<Description>
<MeasurementUnit>inch1200</MeasurementUnit>
<sourceImageInformation><fileName>)",
                    Escaped(file), "</fileName><fileIdentifier fileIdentifierLocation=\"SHA-256\">",
                    Escaped(sha256), "</fileIdentifier></sourceImageInformation>\n");
    std::set<std::string> described;
    for (const pb::PageRecord& page : pages) Processing(page.engine(), &described);
    out_ += "</Description>\n";
    Tags();
    out_ += "<Layout>\n";
    for (size_t i = 0; i < pages.size(); ++i) Page(static_cast<int>(i) + 1, pages[i]);
    out_ += "</Layout>\n</alto>\n";
    return std::move(out_);
  }

 private:
  static std::string EngineKey(const pb::Engine& e) {
    return absl::StrCat(e.recognizer(), "\n", e.renderer(), "\n", e.languages(), "\n", e.pipeline(),
                        e.quick() ? "\nquick" : "");
  }

  static std::string Number(double value) {
    std::string text = absl::StrFormat("%.2f", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
  }

  static std::string Box(const Rect& box) {
    const auto units = [](float points) {
      return Number(static_cast<double>(points) * kAltoUnitsPerInch / 72);
    };
    return absl::StrCat(Attribute("HPOS", units(box.x0)), Attribute("VPOS", units(box.y0)),
                        Attribute("WIDTH", units(box.width())),
                        Attribute("HEIGHT", units(box.height())));
  }

  void Processing(const pb::Engine& e, std::set<std::string>* described) {
    const std::string& id = engines_[EngineKey(e)];
    if (!described->insert(id).second) return;
    absl::StrAppend(&out_, "<Processing", Attribute("ID", id),
                    "><processingCategory>contentGeneration</processingCategory>",
                    "<processingStepSettings>languages ", Escaped(e.languages()), ", pipeline ",
                    Escaped(e.pipeline()), e.quick() ? ", quick" : "", "</processingStepSettings>",
                    "<processingSoftware><softwareName>foiad</softwareName>",
                    "<applicationDescription>", Escaped(e.recognizer()), ", ",
                    Escaped(e.renderer()), "</applicationDescription></processingSoftware>",
                    "</Processing>\n");
  }

  void Tags() {
    if (kinds_.empty()) return;
    out_ += "<Tags>\n";
    for (const std::string& kind : kinds_) {
      absl::StrAppend(&out_, "<OtherTag", Attribute("ID", "redaction_" + kind),
                      Attribute("TYPE", "redaction"), Attribute("LABEL", kind),
                      Attribute("DESCRIPTION", "What the agency's redaction looks like"), "/>\n");
    }
    for (const auto& [code, id] : codes_) {
      absl::StrAppend(&out_, "<OtherTag", Attribute("ID", id), Attribute("TYPE", "exemption"),
                      Attribute("LABEL", code),
                      Attribute("DESCRIPTION", "Exemption code claimed for a redaction"), "/>\n");
    }
    out_ += "</Tags>\n";
  }

  void Page(int number, const pb::PageRecord& page) {
    const Rect sheet{0, 0, page.width(), page.height()};
    const double scale = kAltoUnitsPerInch / 72;
    absl::StrAppend(&out_, "<Page", Attribute("ID", absl::StrCat("page_", number)),
                    Attribute("PHYSICAL_IMG_NR", absl::StrCat(number)),
                    Attribute("WIDTH", Number(static_cast<double>(page.width()) * scale)),
                    Attribute("HEIGHT", Number(static_cast<double>(page.height()) * scale)),
                    Attribute("PROCESSINGREFS", engines_[EngineKey(page.engine())]));
    if (!page.page_label().empty()) out_ += Attribute("PRINTED_IMG_NR", page.page_label());
    if (page.state() != pb::PAGE_STATE_DONE) out_ += Attribute("QUALITY_DETAIL", StateName(page));
    if (!page.words().empty()) {
      out_ += Attribute(
          "PC", Number(std::clamp(static_cast<double>(page.mean_confidence()) / 100, 0.0, 1.0)));
    }
    absl::StrAppend(&out_, ">\n<PrintSpace", Box(sheet), ">\n");
    const double angle = TextAngle(page);
    const std::string turned = angle == 0 ? "" : Attribute("ROTATION", Decimal(angle));
    int blocks = 0, lines = 0;
    for (const LayoutBlock& block : LayoutOf(page)) {
      absl::StrAppend(&out_, "<TextBlock",
                      Attribute("ID", absl::StrCat("block_", number, "_", ++blocks)),
                      Box(block.box), turned, ">\n");
      for (const LayoutLine& line : block.lines) {
        absl::StrAppend(&out_, "<TextLine",
                        Attribute("ID", absl::StrCat("line_", number, "_", ++lines)), Box(line.box),
                        ">\n");
        for (const int i : line.words) Word(page, number, i, i != line.words.back());
        out_ += "</TextLine>\n";
      }
      out_ += "</TextBlock>\n";
    }
    for (int i = 0; i < page.redactions_size(); ++i) Redaction(page, number, i);
    out_ += "</PrintSpace>\n</Page>\n";
  }

  void Word(const pb::PageRecord& page, int number, int i, bool more) {
    const pb::Word& word = page.words(i);
    absl::StrAppend(&out_, "<String", Attribute("ID", absl::StrCat("word_", number, "_", i + 1)),
                    Box(Displayed(page, word.box())), Attribute("CONTENT", word.text()),
                    Attribute("WC", Number(std::clamp(static_cast<double>(word.confidence()) / 100,
                                                      0.0, 1.0))));
    if (IsLanguage(word.language())) out_ += Attribute("LANG", word.language());
    out_ += more ? "/><SP/>\n" : "/>\n";
  }

  void Redaction(const pb::PageRecord& page, int number, int i) {
    const pb::Redaction& r = page.redactions(i);
    std::string tags = "redaction_" + KindName(r);
    for (const pb::ExemptionCode& code : r.codes()) {
      absl::StrAppend(&tags, " ", codes_[code.code()]);
    }
    absl::StrAppend(&out_, "<Illustration",
                    Attribute("ID", absl::StrCat("redaction_", number, "_", i + 1)),
                    Box(Displayed(page, r.box())), Attribute("TAGREFS", tags),
                    Attribute("TYPE", "redaction"), "/>\n");
  }

  std::string out_;
  std::map<std::string, std::string> engines_;  // to the id of their <Processing>
  std::map<std::string, std::string> codes_;    // to the id of their <OtherTag>
  std::set<std::string> kinds_;
};

}  // namespace

std::string PageRecordsToHocr(std::string_view file, const std::vector<pb::PageRecord>& pages) {
  return Hocr().Write(file, pages);
}

std::string PageRecordsToAlto(std::string_view file, std::string_view sha256,
                              const std::vector<pb::PageRecord>& pages) {
  return Alto().Write(file, sha256, pages);
}

}  // namespace foia::ocr
