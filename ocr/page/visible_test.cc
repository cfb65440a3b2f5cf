// What of a file's text a person can see, through the real foia-page: text under cover, clipped,
// tiny and elsewhere; and the values of form fields.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ocr/page/page_process.h"
#include "tests/support/sample/sheet.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace foia::ocr {
namespace {

namespace pb = documents::v1;
using ::foia::testing::BinDir;
using ::foia::testing::ReadFile;
using ::foia::testing::TempDir;
using ::foia::testing::WriteFile;
using ::testing::HasSubstr;
using ::testing::Not;

// A file of these bytes, open for reading.
class TestFile {
 public:
  explicit TestFile(const std::string& bytes) {
    WriteFile(dir_ / "file", bytes);
    fd_ = open((dir_ / "file").c_str(), O_RDONLY | O_CLOEXEC);
  }
  ~TestFile() { close(fd_); }
  TestFile(const TestFile&) = delete;
  TestFile& operator=(const TestFile&) = delete;
  int fd() const { return fd_; }

 private:
  TempDir dir_;
  int fd_ = -1;
};

class VisibleTest : public ::testing::Test {
 protected:
  VisibleTest() {
    PageProcessOptions options;
    options.program = PageProgram(BinDir());
    auto process = PageProcess::Start(options);
    EXPECT_OK(process);
    process_ = *std::move(process);
  }

  pb::PageRecord Read(const std::string& pdf, const std::string& password = "") {
    const TestFile file(pdf);
    auto record = process_->ReadPage(file.fd(), 1, password);
    EXPECT_OK(record);
    return record.ok() ? *std::move(record) : pb::PageRecord();
  }

  std::unique_ptr<PageProcess> process_;
};

// A page of `content` with further entries of its dictionary and its resources.
std::string Page(const std::string& content, const std::string& entries = "",
                 const std::string& resources = "") {
  testing::PdfWriter writer;
  const int stream = writer.AddStream("", content);
  return writer.Finish({writer.Add(
      absl::StrCat("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << ",
                   testing::FontResources(), " ", resources, " >> /Contents ", stream, " 0 R ",
                   entries, " >>"))});
}

constexpr char kOther[] =
    " 0 g BT /F1 12 Tf 72 500 Td (Other words that stand on this page for all to see) Tj ET ";

struct SeenRow {
  std::string name;
  std::string content;
  std::string text;          // that the page has
  std::string missing = "";  // that it has not
  int sealed = 0;            // characters
  std::string resources = "";
  std::string entries = "";
};

TEST_F(VisibleTest, OnlyWhatIsSeenIsTextAndOnlyWhatIsCoveredIsSealed) {
  // A table of two rows with ruled cells.
  std::string table = "0.5 w ";
  for (const int y : {700, 676, 652}) absl::StrAppend(&table, "72 ", y, " m 500 ", y, " l S ");
  for (const int x : {72, 180, 340, 500}) absl::StrAppend(&table, x, " 652 m ", x, " 700 l S ");
  for (const int y : {683, 659}) {
    absl::StrAppend(&table, "BT /F1 10 Tf 76 ", y,
                    " Td (11 March 2024) Tj 108 0 Td (Site visit . . . "
                    "by two) Tj 160 0 Td (   Work stopped - ten days ) Tj ET ");
  }
  const std::string word = "BT /F1 12 Tf 72 700 Td (Marigold Tennyson) Tj ET ";
  const std::string gs = "/ExtGState << /Clear << /ca 0.2 >> /Multiply << /BM /Multiply >> >> ";
  const SeenRow rows[] = {
      {"cells of a table", table, "11 March 2024"},
      {"a framed line", "0 G 60 690 200 24 re S " + word, "Marigold Tennyson"},
      {"a grey row", "0.9 g 60 690 400 20 re f 0 g " + word, "Marigold Tennyson"},
      {"a white heading on a dark bar", "0.1 g 60 690 400 20 re f 1 g " + word,
       "Marigold Tennyson"},
      {"a highlight painted later", word + "/Multiply gs 1 1 0 rg 70 696 120 14 re f",
       "Marigold Tennyson", "", 0, gs},
      {"a watermark painted later", word + "/Clear gs 0.5 g 0 0 612 792 re f", "Marigold Tennyson",
       "", 0, gs},
      {"black letters on dark blue", "0 0 0.6 rg 60 690 400 20 re f 0 g " + word,
       "Marigold Tennyson"},
      {"clipped by a rectangle", "q 60 690 61 30 re W n " + word + "Q ", "Marigold", "Tennyson", 8},
      {"clipped within a word", "q 60 690 36 30 re W n " + word + "Q ", "Mari", "gold", 12},
      {"clipped away", "q 300 600 50 30 re W* n " + word + "Q ", "Other", "Mari", 16},
      {"clipped by nothing", "q 0 0 m W n " + word + "Q ", "Other", "Mari", 16},
      {"clipped by another shape", "q 60 690 m 300 690 l 300 640 l h W n " + word + "Q ", "Other",
       "Mari", 16},
      {"a round clip around it", "q 0 600 m 0 900 400 900 400 600 c h W n " + word + "Q ",
       "Marigold Tennyson"},
      {"a frame's clip", "q 60 690 200 24 re W n " + word + "Q ", "Marigold Tennyson"},
      {"two clips", "q 0 0 600 800 re W n 300 0 300 800 re W n " + word + "Q ", "Other", "Mari",
       16},
      {"letters as a clip, painted", "q 7 Tr " + word + "1 0 0 rg 0 600 612 192 re f Q ",
       "Marigold Tennyson"},
      {"filled letters as a clip", "q 4 Tr " + word + "Q ", "Marigold Tennyson"},
      {"letters as a clip, not painted", "q 7 Tr " + word + "Q ", "Other", "Mari", 16},
      {"a blob painted later",
       word + "0 g 60 690 m 60 740 260 740 260 690 c 260 660 60 660 60 690 c f ", "Other", "Mari",
       17},
      {"a shading painted later", word + "q 60 690 140 24 re W n /S sh Q ", "Other", "Mari", 17,
       "/Shading << /S << /ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 600 0] /Extend [true "
       "true] /Function << /FunctionType 2 /Domain [0 1] /C0 [0.2] /C1 [0.6] /N 1 >> >> >>"},
      {"a label on its cover, below a watermark",
       word + "0 g 60 690 140 24 re f 1 g BT /F1 12 Tf 80 700 Td (REDACTED) Tj ET "
              "/Clear gs 0.5 g 0 0 612 792 re f",
       "Other", "Mari", 17, gs},
      {"dark red on blue", "0 0 1 rg 60 690 400 20 re f 0.35 0 0 rg " + word, "Marigold Tennyson"},
      {"without ink", "3 Tr " + word + "0 Tr ", "Other", "Mari"},
      {"without ink, covered", "3 Tr " + word + "0 Tr 0 g 60 690 140 24 re f ", "Other", "Mari",
       17},
      {"too small to read", "BT /F1 1 Tf 72 700 Td (Marigold Tennyson) Tj ET ", "Other", "Mari"},
      {"of no size", "BT /F1 0.01 Tf 72 700 Td (Marigold Tennyson) Tj ET ", "Other", "Mari"},
      {"beside the sheet", "BT /F1 12 Tf 700 700 Td (Marigold Tennyson) Tj ET ", "Other", "Mari"},
      {"a note upon it", word, "Marigold Tennyson", "", 0, "",
       "/Annots [<< /Type /Annot /Subtype /Text /Rect [80 694 104 718] /C [1 1 0] /Contents (note) "
       ">>]"},
      {"outside the crop", word, "Other", "Mari", 0, "", "/CropBox [0 0 612 690]"},
      {"blanks under a box", "BT /F1 12 Tf 72 700 Td (      ) Tj ET 0 g 70 694 62 18 re f ",
       "Other"},
      {"dots under a box", "BT /F1 12 Tf 72 700 Td (. . . . . . . .) Tj ET 0 g 70 694 62 18 re f ",
       "Other"},
  };
  for (const SeenRow& row : rows) {
    SCOPED_TRACE(row.name);
    const pb::PageRecord page = Read(Page(row.content + kOther, row.entries, row.resources));
    EXPECT_EQ(page.state(), pb::PAGE_STATE_DONE);
    EXPECT_THAT(page.text(), HasSubstr(row.text));
    EXPECT_THAT(page.text(), HasSubstr("for all to see"));
    if (!row.missing.empty()) {
      EXPECT_THAT(page.SerializeAsString(), Not(HasSubstr(row.missing)));
    }
    EXPECT_EQ(page.sealed().characters(), row.sealed);
    if (row.sealed == 0) {
      EXPECT_FALSE(page.has_sealed());
    }
  }
}

TEST_F(VisibleTest, AFormsBoxClips) {
  testing::PdfWriter writer;
  const int form = writer.AddStream(
      absl::StrCat("/Type /XObject /Subtype /Form /BBox [0 0 61 30] /Resources << ",
                   testing::FontResources(), " >>"),
      "BT /F1 12 Tf 4 10 Td (Marigold Tennyson) Tj ET");
  const int stream = writer.AddStream("", absl::StrCat("q 1 0 0 1 72 690 cm /Fm Do Q ", kOther));
  const pb::PageRecord page = Read(writer.Finish({writer.Add(
      absl::StrCat("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << ",
                   testing::FontResources(), " /XObject << /Fm ", form, " 0 R >> >> /Contents ",
                   stream, " 0 R >>"))}));
  EXPECT_THAT(page.text(), HasSubstr("Marigold"));
  EXPECT_THAT(page.SerializeAsString(), Not(HasSubstr("Tenn")));
}

// What was written on a patch over older words is the page's text; the older ones are sealed.
TEST_F(VisibleTest, WordsWrittenOverAPatchStay) {
  const auto at = [](int x, const std::string& words) {
    return absl::StrCat("BT /F1 12 Tf ", x, " 700 Td (", words, ") Tj ET ");
  };
  const std::string draft = at(72, "The fine was set at 48,000 dollars in March.");
  const std::string white = "1 g 164.5 696 34.5 13 re f 0 g ";
  const SeenRow rows[] = {
      {"a number", draft + white + at(165, "12,500"), "The fine was set at 12,500 dollars", "48,0",
       6},
      {"on yellow", draft + "1 1 0.6 rg 164.5 696 34.5 13 re f 0 g " + at(165, "9,750"),
       "at 9,750 doll", "48,0", 6},
      {"white on black", draft + "0 g 164.5 696 34.5 13 re f 1 g " + at(165, "9,750"),
       "at 9,750 dollars", "48,0", 6},
      {"a line", draft + "1 g 70 696 300 15 re f 0 g " + at(72, "The fine was waived by the board"),
       "The fine was waived by the board", "48,0", 44},
      {"twice", draft + white + at(165, "12,500") + white + at(165, "9,750"), "at 9,750 dollars",
       "500", 12},
      {"the same words", draft + white + at(165, "48,000"), "at 48,000 dollars"},
      {"nothing below", at(72, "The fine was set at") + white + at(165, "9,750"), "set at 9,750"},
      {"a label", draft + white + at(165, "PII"), "The fine was set at dollars", "48,0", 6},
      {"a code", draft + white + at(165, "\\(b\\)\\(6\\)"), "The fine was set at", "48,0", 6},
  };
  for (const SeenRow& row : rows) {
    SCOPED_TRACE(row.name);
    const pb::PageRecord page = Read(Page(row.content + kOther));
    EXPECT_THAT(page.text(), HasSubstr(row.text));
    if (!row.missing.empty()) {
      EXPECT_THAT(page.SerializeAsString(), Not(HasSubstr(row.missing)));
    }
    EXPECT_EQ(page.sealed().characters(), row.sealed);
    EXPECT_EQ(page.redactions_size() > 0, row.sealed > 0);
  }
}

// A scanner's layer that guesses at black boxes holds nothing that was withheld.
TEST_F(VisibleTest, GuessesAtABoxAreNoHiddenText) {
  for (const char* guess :
       {"^^^^^^^", "|||||||", "Il|l!lIl", "xxxxxxx", "rmtL!ll", "riMldWhiM", "---"}) {
    SCOPED_TRACE(guess);
    const pb::PageRecord page = Read(testing::ScanWithHiddenLayer({guess, guess}, ""));
    EXPECT_FALSE(page.has_sealed());
    for (const pb::Redaction& r : page.redactions()) EXPECT_FALSE(r.failed());
  }
}

// A page that shows something and form fields, each a widget's entries, in a form of these entries.
std::string Form(const std::vector<std::string>& fields, const std::string& form,
                 const std::string& catalog = "", const std::string& shown = kOther) {
  std::string widgets;
  testing::PdfWriter writer;
  for (const std::string& field : fields) {
    absl::StrAppend(
        &widgets, " ",
        writer.Add(absl::StrCat("<< /Type /Annot /Subtype /Widget /F 4 ", field, " >>")), " 0 R");
  }
  const int stream = writer.AddStream("", shown);
  std::string pdf = writer.Finish({writer.Add(absl::StrCat(
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << ",
      testing::FontResources(), " >> /Contents ", stream, " 0 R /Annots [", widgets, "] >>"))});
  // The catalog gets the form; readers repair the places of the objects that follow.
  const std::string head = "/Type /Catalog";
  pdf.insert(pdf.find(head) + head.size(),
             absl::StrCat(" /AcroForm << /DA (/Helv 11 Tf 0 g) /Fields [", widgets, "] ", form,
                          " >> ", catalog));
  return pdf;
}

struct FieldRow {
  std::string name, field;
  std::string text;
  bool stale = true;  // the form says that appearances are
  std::string missing = "";
};

TEST_F(VisibleTest, FieldsShowTheirValues) {
  const std::string at = "/T (a) /Rect [180 694 480 714] ";
  const FieldRow rows[] = {
      {"a text", at + "/FT /Tx /V (Marigold Tennyson)", "Marigold Tennyson"},
      {"without the form's word", at + "/FT /Tx /V (Marigold Tennyson)", "Marigold Tennyson",
       false},
      {"in UTF-16", at + "/FT /Tx /V <FEFF004D006100720069>", "Mari"},
      {"of two lines",
       "/T (a) /Rect [180 650 480 714] /FT /Tx /Ff 4096 /V (Marigold Tennyson\\rHarlow bridge)",
       "Harlow bridge"},
      {"a choice", at + "/FT /Ch /Ff 131072 /Opt [(Fees) (Waiver)] /V (Waiver)", "Waiver"},
      {"a choice that is exported otherwise",
       at + "/FT /Ch /Ff 131072 /Opt [[(1) (Fees)] [(2) (Waiver)]] /V (2)", "Waiver"},
      {"a list", "/T (a) /Rect [180 650 480 714] /FT /Ch /Opt [(Fees) (Waiver)] /V (Waiver)",
       "Waiver"},
      {"a check box", "/T (a) /Rect [180 694 194 708] /FT /Btn /V /Yes /AS /Yes", "\u2713"},
      {"a check box by its value", "/T (a) /Rect [180 694 194 708] /FT /Btn /V /Yes", "\u2713"},
      {"a check box that is not set", "/T (a) /Rect [180 694 194 708] /FT /Btn /V /Off /AS /Off",
       "Other", true, "\u2713"},
      {"a password", at + "/FT /Tx /Ff 8192 /V (Marigold)", "Other", true, "Mari"},
      {"a hidden field", "/T (a) /Rect [180 694 480 714] /FT /Tx /F 2 /V (Marigold)", "Other", true,
       "Mari"},
      {"no signature", "/T (a) /Rect [180 694 480 714] /FT /Sig", "Other", true, "SIGN"},
  };
  for (const FieldRow& row : rows) {
    SCOPED_TRACE(row.name);
    const pb::PageRecord page = Read(Form({row.field}, row.stale ? "/NeedAppearances true" : ""));
    EXPECT_THAT(page.text(), HasSubstr(row.text));
    if (!row.missing.empty()) {
      EXPECT_THAT(page.text(), Not(HasSubstr(row.missing)));
    }
    EXPECT_EQ(page.redactions_size(), 0);
    EXPECT_FALSE(page.has_sealed());
  }
}

// Where the words of one font are not what the page shows, the page is read; names stay.
TEST_F(VisibleTest, AFontInTheWrongEncodingIsNoText) {
  const std::string cmap =
      "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> "
      "endcodespacerange 1 beginbfrange <41> <7A> <0024> endbfrange endcmap end";
  std::string body;
  for (int y = 600; y > 480; y -= 16) {
    absl::StrAppend(&body, "BT /F1 12 Tf 72 ", y,
                    " Td (The office located these records and sent them to the board) Tj ET ");
  }
  const struct {
    std::string heading;
    bool broken;
    pb::LayerVerdict verdict;
  } rows[] = {{"Decision of the Licensing Board", true, pb::LAYER_VERDICT_BROKEN_ENCODING},
              {"Decision of the Licensing Board", false, pb::LAYER_VERDICT_GOOD},
              {"Szczepanski, Okonkwo, Featherstonehaugh", false, pb::LAYER_VERDICT_GOOD}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.heading);
    testing::PdfWriter writer;
    const int map = writer.AddStream("", cmap);
    const int font = writer.Add(absl::StrCat(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding ",
        row.broken ? absl::StrCat("/ToUnicode ", map, " 0 R") : "", " >>"));
    const int stream = writer.AddStream(
        "", absl::StrCat("BT /H 16 Tf 72 700 Td (", row.heading, ") Tj ET ", body));
    const pb::PageRecord page = Read(writer.Finish({writer.Add(absl::StrCat(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 << /Type "
        "/Font /Subtype /Type1 /BaseFont /Times-Roman >> /H ",
        font, " 0 R >> >> /Contents ", stream, " 0 R >>"))}));
    EXPECT_EQ(page.layer_verdict(), row.verdict);
    EXPECT_THAT(page.text(), HasSubstr(row.heading));
    EXPECT_THAT(page.text(), HasSubstr("The office located these records"));
  }
}

// The mark of a button may be drawn with lines, or with a letter; either is said once.
TEST_F(VisibleTest, DrawnTicksAreText) {
  testing::PdfWriter writer;
  const std::string form = "/Type /XObject /Subtype /Form /BBox [0 0 12 12] ";
  const std::string frame = "0 G 0.5 0.5 11 11 re S ";
  const std::string tick = absl::StrCat(writer.AddStream(form, frame + "2 2 m 10 10 l S"), " 0 R");
  const std::string off = absl::StrCat(writer.AddStream(form, frame), " 0 R");
  const std::string letter = absl::StrCat(
      writer.AddStream(form + "/Resources << /Font << /Z << /Type /Font /Subtype /Type1 /BaseFont "
                              "/ZapfDingbats >> >> >>",
                       "BT /Z 10 Tf 2 2 Td (4) Tj ET"),
      " 0 R");
  const std::string empty = absl::StrCat(writer.AddStream(form, ""), " 0 R");
  const struct {
    std::string label, entries, appearance;
    bool ticked;
  } rows[] = {
      {"Landowner", "/V /Yes /AS /Yes", tick, true}, {"Lessee", "/V /Off /AS /Off", tick, false},
      {"Broker", "/Ff 32768 /AS /Yes", tick, true},  {"Heir", "/V /Yes /AS /Yes", letter, true},
      {"Print", "/Ff 65536 /AS /Yes", tick, false},  {"Agent", "/V /Yes /AS /Yes", empty, false},
  };
  std::string widgets, content = kOther;
  int y = 700;
  for (const auto& row : rows) {
    absl::StrAppend(
        &widgets, " ",
        writer.Add(absl::StrCat("<< /Type /Annot /Subtype /Widget /FT /Btn /T (", y, ") /Rect [72 ",
                                y, " 84 ", y + 12, "] ", row.entries, " /AP << /N << /Yes ",
                                row.appearance, " /Off ", off, " >> >> >>")),
        " 0 R");
    absl::StrAppend(&content, "BT /F1 12 Tf 92 ", y + 2, " Td (", row.label, ") Tj ET ");
    y -= 24;
  }
  const int stream = writer.AddStream("", content);
  const pb::PageRecord page = Read(writer.Finish({writer.Add(absl::StrCat(
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << ",
      testing::FontResources(), " >> /Contents ", stream, " 0 R /Annots [", widgets, "] >>"))}));
  for (const auto& row : rows) {
    EXPECT_THAT("\n" + page.text(),
                HasSubstr(absl::StrCat("\n", row.ticked ? "\u2713 " : "", row.label, "\n")));
  }
  EXPECT_EQ(page.redactions_size(), 0);
  EXPECT_FALSE(page.has_sealed());
}

// A value that does not fit its field is not all shown, and not withheld.
TEST_F(VisibleTest, AFieldThatIsTooSmall) {
  const pb::PageRecord page = Read(
      Form({"/T (a) /Rect [180 694 240 714] /FT /Tx /V (Marigold Tennyson of the Harlow bridge)"},
           "/NeedAppearances true"));
  EXPECT_THAT(page.text(), HasSubstr("Marigold"));
  EXPECT_THAT(page.text(), Not(HasSubstr("bridge")));
  EXPECT_FALSE(page.has_sealed());
}

// Of a field and another annotation at one place the later one in /Annots covers the earlier.
TEST_F(VisibleTest, AnnotationsAndFieldsAreDrawnInTheirOrder) {
  for (const bool covered : {true, false}) {
    SCOPED_TRACE(covered);
    testing::PdfWriter writer;
    const int value = writer.AddStream(
        absl::StrCat("/Type /XObject /Subtype /Form /BBox [0 0 300 20] /Resources << ",
                     testing::FontResources(), " >>"),
        "1 g 0 0 300 20 re f 0 g BT /F1 11 Tf 4 5 Td (Ferdinand Oakenshott) Tj ET");
    const int square =
        writer.AddStream("/Type /XObject /Subtype /Form /BBox [0 0 300 20]", "0 g 0 0 300 20 re f");
    const auto annotation = [&](const std::string& entries, int appearance) {
      return writer.Add(absl::StrCat("<< /Type /Annot /F 4 /Rect [180 694 480 714] ", entries,
                                     " /AP << /N ", appearance, " 0 R >> >>"));
    };
    const int field =
        annotation("/Subtype /Widget /FT /Tx /T (a) /V (Ferdinand Oakenshott)", value);
    const int cover = annotation("/Subtype /Square /IC [0 0 0]", square);
    const int content = writer.AddStream("", kOther);
    const std::string order = covered ? absl::StrCat(field, " 0 R ", cover, " 0 R")
                                      : absl::StrCat(cover, " 0 R ", field, " 0 R");
    const pb::PageRecord page = Read(writer.Finish({writer.Add(absl::StrCat(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << ",
        testing::FontResources(), " >> /Contents ", content, " 0 R /Annots [", order, "] >>"))}));
    EXPECT_EQ(page.text().find("Oakenshott") == std::string::npos, covered) << page.text();
    EXPECT_EQ(page.has_sealed(), covered);
    EXPECT_EQ(page.redactions_size(), covered ? 1 : 0);
  }
}

TEST_F(VisibleTest, XfaFormsSayThatTheirContentsAreMissing) {
  const std::string xfa = "/XFA [(template) 4 0 R]";
  const std::string field = "/T (a) /Rect [180 694 480 714] /FT /Tx /V (Marigold Tennyson)";
  const pb::PageRecord notice =
      Read(Form({}, xfa, "/NeedsRendering true",
                "BT /F1 11 Tf 72 500 Td (Please wait for Adobe Reader) Tj ET"));
  EXPECT_EQ(notice.state(), pb::PAGE_STATE_UNSUPPORTED);
  EXPECT_THAT(notice.state_reason(), HasSubstr("XFA"));
  EXPECT_EQ(notice.text(), "");
  // What a page says beside the form is read, and doubtful.
  const pb::PageRecord dynamic = Read(Form({}, xfa, "/NeedsRendering true"));
  EXPECT_EQ(dynamic.state(), pb::PAGE_STATE_DONE);
  EXPECT_THAT(dynamic.state_reason(), HasSubstr("XFA"));
  EXPECT_NE(dynamic.text(), "");
  // One that has its fields, too, and one that is but a page.
  const pb::PageRecord both = Read(Form({field}, xfa));
  EXPECT_EQ(both.state(), pb::PAGE_STATE_DONE);
  EXPECT_THAT(both.text(), HasSubstr("Marigold Tennyson"));
  EXPECT_EQ(Read(Form({}, xfa)).state(), pb::PAGE_STATE_DONE);
  EXPECT_EQ(Read(Form({field}, xfa, "/NeedsRendering true")).state(), pb::PAGE_STATE_DONE);
}

TEST_F(VisibleTest, OnlyTheAttachmentIsEncrypted) {
  const TestFile file(ReadFile(std::string(std::getenv("FOIA_SOURCE_DIR")) +
                               "/tests/cases/encrypted_attachment.pdf"));
  const struct {
    std::string password;
    pb::PageState end;
    std::string bytes;
  } rows[] = {{"", pb::PAGE_STATE_NEEDS_PASSWORD, ""},
              {"closed", pb::PAGE_STATE_NEEDS_PASSWORD, ""},
              {"open sesame", pb::PAGE_STATE_DONE, "The list of the inspectors is attached.\n"}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.password);
    ASSERT_OK_AND_ASSIGN(pb::PageRecord page, process_->ReadPage(file.fd(), 1, row.password));
    EXPECT_EQ(page.state(), pb::PAGE_STATE_DONE);
    EXPECT_THAT(page.text(), HasSubstr("The culvert at mile marker nineteen"));
    std::string bytes;
    pb::PageState end = pb::PAGE_STATE_UNSPECIFIED;
    ASSERT_OK_AND_ASSIGN(pb::ProbeResult probe, process_->Unpack(file.fd(), row.password,
                                                                 [&](const pb::MemberChunk& chunk) {
                                                                   bytes += chunk.data();
                                                                   end = chunk.end();
                                                                   return absl::OkStatus();
                                                                 }));
    EXPECT_EQ(probe.state(), pb::PAGE_STATE_DONE);
    EXPECT_EQ(end, row.end);
    EXPECT_EQ(bytes, row.bytes);
  }
}

}  // namespace
}  // namespace foia::ocr
