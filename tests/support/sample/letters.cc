#include "tests/support/sample/letters.h"

#include <array>
#include <cmath>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/base/strings.h"

namespace foia::testing {
namespace {

constexpr std::array<std::string_view, 24> kSentences{
    "The field office forwarded the report to headquarters within ten days of the interview.",
    "Each agency shall make the records available promptly, as provided in subparagraph (E).",
    "No fee may be charged for the first two hours of search time under clause (ii)(II).",
    "The requester was told in writing of the reasons and of the right to appeal to the head.",
    "Section 552(a)(6)(B) allows ten more working days in unusual circumstances.",
    "A copy of the policy was placed in the reading room on the first business day of the month.",
    "Officers arrived at the residence at 6:45 a.m. and left before noon.",
    "The estimate was $14,300 for the first year and $9,250 for each of the following two.",
    "Records of the conference call are kept by the regional coordinator for seven years.",
    "The supervisor asked whether the equipment had been returned after the exercise.",
    "Two of the participants withdrew before the background checks were complete.",
    "This memorandum replaces the guidance of November 14, 2011 on the same subject.",
    "The contract number and the name of the vendor appear on the first page of the invoice.",
    "As described in paragraphs (1) and (2) of this subsection, exceptions are narrow.",
    "The committee met in closed session and took no vote on the proposal.",
    "Further questions may be sent to the public liaison by mail or by electronic mail.",
    "An interpreter assisted during the second interview, which lasted about an hour.",
    "(A) final opinions, including concurring and dissenting opinions, must be published.",
    "(b) The coordinator keeps a list of visitors, which is destroyed after the visit.",
    "Transport was arranged for fourteen persons from the northern to the southern facility.",
    "The draft was circulated for comment on Friday and returned without changes.",
    "Information on staffing levels was compiled from monthly statistical reports.",
    "The court ordered production of all pages that are not exempt from disclosure.",
    "Any delay must be explained in the log, with the initials of the duty officer."};
constexpr std::array<std::string_view, 12> kCodes{"b6",  "b7C", "b7E", "b5",     "b4",     "b3",
                                                  "b7D", "b1",  "b7A", "b7E;b6", "b6;b7C", "b7F"};

using Random = std::minstd_rand;

std::string_view Pick(Random& random, const auto& from) { return from[random() % from.size()]; }

std::string_view Font(Random& random) {
  static constexpr std::array<std::string_view, 3> kFonts{"F1", "F3", "F4"};
  return Pick(random, kFonts);
}

void Head(Sheet* s, std::string_view font, double size) {
  s->Line("U.S. Department of Records", font, size);
  s->Line("Freedom of Information Office", font, size);
  s->Line("RE: Request No. 2026-00417", font, size);
  s->Gap(8);
}

// Sentences with a box in about every second one.
std::string Text(Random& random, int sentences, bool boxes) {
  std::string text;
  for (int i = 0; i < sentences; ++i) {
    std::vector<std::string> words = absl::StrSplit(ToAbsl(Pick(random, kSentences)), ' ');
    if (boxes && random() % 2 == 0) {
      const std::string_view codes = Pick(random, kCodes);
      const unsigned long width = (codes.size() > 3 ? 68 : 42) + random() % 60;
      words.insert(words.begin() + 1 + static_cast<long>(random() % (words.size() - 1)),
                   absl::StrCat("[[", ToAbsl(codes), ":", width, "]]"));
    }
    for (const std::string& word : words) absl::StrAppend(&text, text.empty() ? "" : " ", word);
  }
  return text;
}

Sheet Letter(BoxStyle style, Random& random) {
  Sheet s(style);
  const std::string_view font = Font(random);
  const double size = font == "F3" ? 10.5 : 11.5;
  Head(&s, font, size);
  while (s.HasRoom(110)) s.Paragraph(Text(random, 4, true), font, size);
  return s;
}

// Much that looks like a redaction and is none.
Sheet Traps(Random& random) {
  Sheet s;
  const std::string_view font = Font(random);
  const double size = font == "F3" ? 10.5 : 11.5;
  s.Bar("NOTICE OF RIGHTS", 200);
  Head(&s, font, size);
  s.Paragraph(Text(random, 4, false), font, size);
  s.Table(
      {{"Item", "Pages", "Released"}, {"Letter", "(b)", "yes"}, {"", "7", "no"}, {"Log", "", "6"}});
  s.Paragraph(Text(random, 4, false), font, size);
  s.Bar("SUBJECT", 90);
  s.Paragraph(Text(random, 3, false), font, size);
  s.Stamp("RECEIVED");
  s.Paragraph(Text(random, 4, false), font, size);
  return s;
}

Sheet Make(std::string_view style, Random& random) {
  if (style == "none") return Traps(random);
  return Letter(style == "white"    ? BoxStyle::kWhite
                : style == "grey"   ? BoxStyle::kGrey
                : style == "margin" ? BoxStyle::kMargin
                                    : BoxStyle::kBlack,
                random);
}

}  // namespace

const std::vector<LetterProfile>& LetterProfiles() {
  static const auto* profiles = new std::vector<LetterProfile>{
      {"clean300", {.dpi = 300}},
      {"office300", {.skew_degrees = 0.5, .noise = 5, .dpi = 300, .blur = 0.8, .shading = 25}},
      {"copy300bw",
       {.noise = 12, .black_and_white = true, .dpi = 300, .blur = 1.6, .wear = 45},
       true},
      {"fax200bw", {.noise = 14, .black_and_white = true, .blur = 0.7, .wear = 20}, true},
      {"low150", {.noise = 5, .dpi = 150, .blur = 0.5}, true},
      {"poor300",
       {.skew_degrees = 2, .noise = 12, .dpi = 300, .blur = 1.6, .shading = 110, .border = 14},
       true},
      {"rot90", {.noise = 3, .quarter_turns = 3, .dpi = 300}, true},
      {"rot180", {.noise = 3, .quarter_turns = 2, .dpi = 300}, true},
      {"dither300bw",
       {.skew_degrees = 0.5, .black_and_white = true, .dither = true, .dpi = 300, .blur = 0.5}}};
  return *profiles;
}

const std::vector<std::string>& LetterStyles() {
  static const auto* styles =
      new std::vector<std::string>{"black", "white", "grey", "margin", "none"};
  return *styles;
}

Letters MakeLetters(uint32_t seed, std::string_view only) {
  Letters letters;
  PdfWriter writer;
  std::vector<int> pages;
  Random random(seed * 7919 + 1);
  for (const LetterProfile& profile : LetterProfiles()) {
    for (const std::string& style : LetterStyles()) {
      const Sheet sheet = Make(style, random);
      Scanner scanner = profile.scanner;
      scanner.seed = static_cast<uint32_t>(random());
      // Askew to either side.
      if (random() % 2 == 0) scanner.skew_degrees = -scanner.skew_degrees;
      if (!only.empty() && only != profile.name && only != style &&
          only != absl::StrCat(ToAbsl(profile.name), " ", style)) {
        continue;
      }
      const Scan scan = ScanSheet(sheet.content(), scanner);
      const int image = writer.AddStream(scan.dictionary, scan.bytes);
      const bool wide = scan.width > scan.height;
      const double width = wide ? kSheetHeight : kSheetWidth;
      const double height = wide ? kSheetWidth : kSheetHeight;
      const int stream =
          writer.AddStream("", absl::StrCat("q ", width, " 0 0 ", height, " 0 0 cm /Im Do Q"));
      pages.push_back(writer.Add(absl::StrCat(
          "<< /Type /Page /Parent 2 0 R /Resources << /XObject << /Im ", image,
          " 0 R >> >> /Contents ", stream, " 0 R /MediaBox [0 0 ", width, " ", height, "] >>")));
      letters.pages.push_back(
          {std::string(profile.name), style, sheet.text(), sheet.codes(), sheet.boxes()});
    }
  }
  letters.pdf = writer.Finish(pages);
  return letters;
}

std::string BoxesJson(const Letters& letters) {
  std::string out = "[";
  for (size_t i = 0; i < letters.pages.size(); ++i) {
    const LetterPage& page = letters.pages[i];
    absl::StrAppend(&out, i == 0 ? "" : ",\n", "{\"page\": ", i + 1, ", \"profile\": \"",
                    page.profile, "\", \"boxes\": [");
    for (size_t b = 0; b < page.boxes.size(); ++b) {
      const DrawnBox& box = page.boxes[b];
      absl::StrAppend(&out, b == 0 ? "" : ", ", "{\"box\": [");
      for (const double v : {box.x0, box.y0, box.x1, box.y1}) {
        absl::StrAppend(&out, std::lround(v * 300 / 72), v == box.y1 ? "" : ", ");
      }
      absl::StrAppend(&out, "], \"code\": \"", box.label, "\", \"style\": \"", page.style, "\"}");
    }
    out += "]}";
  }
  return out + "]\n";
}

}  // namespace foia::testing
