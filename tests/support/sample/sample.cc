#include "tests/support/sample/sample.h"

#include <array>
#include <map>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/strings.h"
#include "tests/support/sample/sheet.h"

namespace foia::testing {
namespace {

constexpr std::string_view kAgency = "U.S. Immigration and Customs Enforcement";

std::string Bates(int page) {
  char text[48];
  std::snprintf(text, sizeof text, "2026-ICLI-00042 %06d", page);
  return text;
}

Sheet Letter() {
  Sheet s;
  s.Heading("Freedom of Information Act Office");
  s.Line(kAgency);
  s.Line("500 Sample Street, S.W., Stop 5009");
  s.Line("Washington, D.C. 20536");
  s.Gap(18);
  s.Line("March 3, 2026");
  s.Gap(12);
  s.Line("RE: ICE FOIA Case Number 2026-ICLI-00042");
  s.Gap(12);
  s.Paragraph("Dear Ms. Rivera:");
  s.Paragraph(
      "This letter is the final response to your Freedom of Information Act request of January 12, "
      "2026. You asked for records about the ERO Citizen Academy, including budgets, curricula, "
      "lists of topics and correspondence with participants and community organizations.");
  s.Paragraph(
      "A search of the Office of Enforcement and Removal Operations located 212 pages. After "
      "review, 7 pages are released to you, of which 5 pages are withheld in part under "
      "Exemptions 6, 7(C) and 7(E) of the Act as described below.");
  s.Paragraph(
      "Exemption 6 protects the privacy of persons. Exemption 7(C) protects personal information "
      "in law enforcement records. Exemption 7(E) protects techniques and procedures whose "
      "disclosure could reasonably be expected to risk circumvention of the law.");
  s.Paragraph(
      "If you are not satisfied with this response you may appeal in writing within 90 days of the "
      "date of this letter. You may also contact the Office of Government Information Services.");
  s.Line("Sincerely,");
  s.Gap(24);
  s.Line("Disclosure Officer");
  s.Footer(Bates(kSampleLetterPage));
  return s;
}

Sheet Program() {
  Sheet s;
  s.Heading("MEMORANDUM");
  s.Line("TO: Field Office Director, Chicago");
  s.Line("FROM: [[b6;b7C:130]] Community Relations Officer");
  s.Line("SUBJECT: Citizen Academy pilot, curriculum and locations");
  s.Gap(12);
  s.Paragraph(
      "The Chicago field office proposes a six week Citizen Academy for invited members of the "
      "public. Each class meets on Tuesday evening at [[b7E:120]] and is led by a deportation "
      "officer from the Office of Enforcement and Removal Operations.");
  s.Paragraph(
      "Week one explains the mission of the agency. Week two covers the detention standards. Week "
      "three is a demonstration of defensive tactics and firearms familiarization at the "
      "[[b7E:150]] training facility. Participants sign a waiver before any exercise.");
  s.Paragraph(
      "The point of contact is [[b6;b7C:140]] who may be reached at [[b6:90]] during business "
      "hours. The estimated cost of the pilot is $14,300 for materials and overtime.");
  s.Paragraph(
      "Applications will be screened by [[b7E:110]] and by the Office of Professional "
      "Responsibility. Selected participants receive a notice by electronic mail.");
  s.Footer(Bates(kSampleProgramPage));
  return s;
}

Sheet Schedule() {
  Sheet s;
  s.Heading("ERO CITIZEN ACADEMY SCHEDULE");
  s.Line("Week 1   Orientation and introduction of staff");
  s.Line("Week 2   Tour of the processing center");
  s.Line("Week 3   Use of force and defensive tactics");
  s.Line("Week 4   Targeted enforcement scenario at [[b7E:140]]");
  s.Line("Week 5   Alternatives to detention, briefing by [[b6;b7C:140]]");
  s.Line("Week 6   Graduation ceremony and questions");
  s.Gap(18);
  s.Paragraph(
      "Instructors must confirm attendance with the coordinator, [[b6;b7C:150]] no later than "
      "Friday of the preceding week. Vehicles for the tour are parked at [[b7E:130]] and leave at "
      "half past five.");
  s.Footer(Bates(kSampleTurnedPage));
  return s;
}

Sheet Layer() {
  Sheet s;
  s.Heading("INDEX OF RELEASED RECORDS");
  s.Paragraph(
      "This index lists the records responsive to request 2026-ICLI-00042 in the order of their "
      "page numbers. It was made by the disclosure office and carries its own text.");
  s.Line("1   Letter to the requester, released in full");
  s.Line("2   Memorandum on the Citizen Academy pilot, released in part");
  s.Line("3   Schedule of six sessions, released in part");
  s.Line("6   Electronic mail between field offices, released in part");
  s.Line("7   Roster of applicants, released in part under [[b6;b7C:130]] of the Act");
  s.Line("8   Facsimile about the budget, withheld in part under [[b5:80]] of the Act");
  s.Gap(12);
  s.Paragraph(
      "Records of the vetting procedure named [[b7E:140]] were referred to the originating office "
      "for a direct response to the requester.");
  s.Footer(Bates(kSampleLayerPage));
  return s;
}

Sheet Mail() {
  Sheet s;
  s.Line("From: [[b6;b7C:140]]", "F3", 10.5);
  s.Line("Sent: Wednesday, February 12, 2020 9:41 AM", "F3", 10.5);
  s.Line("To: [[b6;b7C:170]]", "F3", 10.5);
  s.Line("Subject: Citizens Academy outreach", "F3", 10.5);
  s.Gap(16);
  s.Paragraph("All,", "F3", 10.5);
  s.Paragraph(
      "The first Citizens Academy class in the northern suburbs drew eleven applications. Two "
      "applicants withdrew after reading the waiver. Please forward the names of local business "
      "and religious leaders who should receive an invitation.",
      "F3", 10.5);
  s.Paragraph(
      "Do not mention [[b7E:130]] in the brochure. The wording of the flyer was cleared with "
      "public affairs on Monday.",
      "F3", 10.5);
  s.Paragraph("Regards, [[b6;b7C:130]]", "F3", 10.5);
  s.Footer(Bates(kSampleSidewaysPage));
  return s;
}

Sheet Roster() {
  Sheet s;
  s.Heading("ROSTER OF APPLICANTS");
  s.Paragraph(
      "The following persons applied for the spring class of the Citizen Academy. Names and "
      "telephone numbers of private persons are withheld.");
  s.Line("1.  [[b6;b7C:140]]  teacher, Elgin");
  s.Line("2.  [[b6;b7C:120]]  retired, Joliet");
  s.Line("3.  [[b6;b7C:150]]  pastor, Aurora");
  s.Line("4.  [[b6;b7C:130]]  shop owner, Waukegan");
  s.Line("5.  [[b6;b7C:125]]  student, Evanston");
  s.Gap(18);
  s.Paragraph(
      "Background checks were made in [[b7E:120]] on the day the applications arrived. Nobody was "
      "refused. The class begins when at least eight places are taken.");
  s.Footer(Bates(kSampleSkewedPage));
  return s;
}

Sheet Fax() {
  Sheet s;
  s.Heading("FACSIMILE");
  s.Line("To: Budget Branch, Headquarters");
  s.Line("Date: April 2, 2020");
  s.Gap(12);
  s.Paragraph(
      "The field office requests $14,300 for the Citizen Academy: printing $2,100, overtime "
      "$9,800, transport $2,400. The amount for [[b7E:120]] is reported on a separate line.");
  s.Paragraph(
      "The recommendation of the budget analyst is [[b5:160]] pending a decision of the executive "
      "associate director.");
  s.Paragraph("Approved by [[b6;b7C:150]] on behalf of the director.");
  s.Footer(Bates(kSampleFaxPage));
  return s;
}

Sheet FailedRedaction(const std::string& word) {
  Sheet s;
  s.Heading("STATEMENT");
  s.Paragraph(
      "This page was redacted by drawing a box over the words. Whoever copies the text finds what "
      "lies below, which is why such pages are sealed when they arrive.");
  s.HiddenWord("The witness named", word, "spoke to the officers on the first evening.");
  s.Paragraph("No other page of this release was prepared in this way.");
  s.Footer(Bates(kSamplePages + 1));
  return s;
}

// Words for pages that only need text of their own.
Sheet Filler(int page, int pages, uint32_t seed) {
  static constexpr std::array<std::string_view, 24> kWords{
      "record",  "office",    "officer",  "detention",  "request", "release",
      "program", "training",  "facility", "meeting",    "budget",  "transport",
      "review",  "policy",    "contract", "inspection", "hearing", "notice",
      "summary", "operation", "academy",  "schedule",   "report",  "appeal"};
  std::minstd_rand random(seed * 7919 + static_cast<uint32_t>(page));
  Sheet s;
  s.Heading(absl::StrCat("Page ", page, " of ", pages));
  for (int p = 0; p < 4; ++p) {
    std::string text = "The";
    for (int i = 0; i < 40; ++i) {
      absl::StrAppend(&text, " ", ToAbsl(kWords[random() % kWords.size()]));
    }
    if (p == 1) text += " withheld [[b7E:110]] and";
    absl::StrAppend(&text, " number ", random() % 100000, ".");
    s.Paragraph(text);
  }
  s.Footer(Bates(page));
  return s;
}

class Builder {
 public:
  explicit Builder(const SampleOptions& options) : options_(options) {}

  Sample Run() {
    const int pages = options_.pages > 0 ? options_.pages : kSamplePages;
    for (int page = 1; page <= pages; ++page) {
      if (options_.layer_only) {
        AddLayerPage(Filler(page, pages, options_.seed));
      } else {
        AddSamplePage((page - 1) % kSamplePages + 1);
      }
    }
    if (!options_.failed_redaction.empty()) {
      AddLayerPage(FailedRedaction(options_.failed_redaction));
    }
    sample_.pdf = writer_.Finish(pages_);
    if (!options_.password.empty()) sample_.pdf = Encrypt(sample_.pdf, options_.password);
    return std::move(sample_);
  }

 private:
  // Objects of one of the sample's pages, made once.
  struct Made {
    std::string resources, contents, extra;
    SamplePage page;
  };

  void AddPage(const Made& made) {
    pages_.push_back(
        writer_.Add(absl::StrCat("<< /Type /Page /Parent 2 0 R /Resources << ", made.resources,
                                 " >> /Contents ", made.contents, " ", made.extra, " >>")));
    sample_.pages.push_back(made.page);
  }

  void AddLayerPage(const Sheet& sheet) { AddPage(LayerPage(sheet)); }

  void AddSamplePage(int kind) {
    auto it = made_.find(kind);
    if (it == made_.end()) it = made_.emplace(kind, MakePage(kind)).first;
    AddPage(it->second);
  }

  Made LayerPage(const Sheet& sheet) {
    Made made;
    if (fonts_ == 0) fonts_ = writer_.Add(absl::StrCat("<< ", FontResources().substr(9)));
    made.resources = absl::StrCat("/Font ", fonts_, " 0 R");
    made.contents = absl::StrCat(writer_.AddStream("", sheet.content()), " 0 R");
    made.page = {sheet.text(), sheet.codes(), false};
    return made;
  }

  // `turned`: the page has /Rotate 90 and the picture is stored the other way.
  Made ScannedPage(const Sheet& sheet, Scanner scanner, bool turned = false) {
    scanner.seed = options_.seed * 31 + static_cast<uint32_t>(made_.size());
    if (turned) scanner.quarter_turns = 3;
    const Scan scan = ScanSheet(sheet.content(), scanner);
    const int image = writer_.AddStream(scan.dictionary, scan.bytes);
    const bool wide = scan.width > scan.height;
    const double width = wide ? kSheetHeight : kSheetWidth;
    const double height = wide ? kSheetWidth : kSheetHeight;
    Made made;
    made.resources = absl::StrCat("/XObject << /Im ", image, " 0 R >>");
    made.contents = absl::StrCat(
        writer_.AddStream("", absl::StrCat("q ", width, " 0 0 ", height, " 0 0 cm /Im Do Q")),
        " 0 R");
    made.extra =
        absl::StrCat("/MediaBox [0 0 ", width, " ", height, "]", turned ? " /Rotate 90" : "");
    made.page = {sheet.text(), sheet.codes(), sheet.text().empty()};
    return made;
  }

  Made MakePage(int kind) {
    switch (kind) {
      case kSampleLetterPage:
        return ScannedPage(Letter(), {.skew_degrees = 0.7, .noise = 5});
      case kSampleProgramPage:
        return ScannedPage(Program(), {.skew_degrees = -0.5, .noise = 6});
      case kSampleTurnedPage:
        return ScannedPage(Schedule(), {.noise = 5}, true);
      case kSampleLayerPage:
        return LayerPage(Layer());
      case kSampleBlankPage:
        return ScannedPage(Sheet(), {.noise = 4, .dpi = 150});
      case kSampleSidewaysPage:
        return ScannedPage(Mail(), {.noise = 4, .quarter_turns = 1});
      case kSampleSkewedPage:
        return ScannedPage(Roster(), {.skew_degrees = 2, .noise = 7});
      default:
        return ScannedPage(Fax(), {.skew_degrees = 0.4, .noise = 5, .black_and_white = true});
    }
  }

  const SampleOptions& options_;
  PdfWriter writer_;
  std::map<int, Made> made_;
  int fonts_ = 0;
  std::vector<int> pages_;
  Sample sample_;
};

}  // namespace

Sample MakeSample(const SampleOptions& options) { return Builder(options).Run(); }

}  // namespace foia::testing
