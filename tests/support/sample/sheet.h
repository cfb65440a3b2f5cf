// Private to the sample: sets text and redaction boxes into a PDF content stream, and makes scans
// of it.
#ifndef FOIA_TESTS_SUPPORT_SAMPLE_SHEET_H_
#define FOIA_TESTS_SUPPORT_SAMPLE_SHEET_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foia::testing {

inline constexpr double kSheetWidth = 612, kSheetHeight = 792;

// How redactions are drawn: black with a white label, white with an outline, grey with a black
// label, or black with the codes beside the line, in the right margin.
enum class BoxStyle { kBlack, kWhite, kGrey, kMargin };

struct DrawnBox {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // points from the upper left corner
  std::string label;                      // "(b)(6); (b)(7)(C)"
};

// One sheet being written from the top to the bottom. In text, "[[b6;b7C:90]]" is a box 90 points
// wide with the label "(b)(6); (b)(7)(C)"; without codes, a plain box.
class Sheet {
 public:
  explicit Sheet(BoxStyle style = BoxStyle::kBlack) : style_(style) {}

  // Fonts by resource name: /F1 Times, /F2 Helvetica bold, /F3 Courier, /F4 Helvetica.
  void Heading(std::string_view text);
  void Paragraph(std::string_view text, std::string_view font = "F1", double size = 11.5);
  void Line(std::string_view text, std::string_view font = "F1", double size = 11.5);
  void Gap(double points) { y_ -= points; }
  void Footer(std::string_view text);
  // The word stands in the text layer and a black box is painted over it.
  void HiddenWord(std::string_view before, std::string_view word, std::string_view after);
  // White words on a black bar, left.
  void Bar(std::string_view text, double width);
  // Cells with rules between them.
  void Table(const std::vector<std::vector<std::string>>& rows);
  // A word in a heavy frame, right.
  void Stamp(std::string_view text);
  // Whether this many more points fit above the footer.
  bool HasRoom(double points) const { return y_ - points > 60; }

  const std::string& content() const { return content_; }
  const std::string& text() const { return text_; }
  const std::vector<std::string>& codes() const { return codes_; }
  const std::vector<DrawnBox>& boxes() const { return boxes_; }

 private:
  void Show(double x, std::string_view text, std::string_view font, double size,
            bool white = false);
  void Box(double x, double width, double size, std::string_view codes);

  // Sets the codes of the line's boxes into the margin.
  void EndLine();

  const BoxStyle style_;
  double y_ = kSheetHeight - 72;
  std::string content_;
  std::string text_;
  std::string margin_;  // codes of the line being set
  std::vector<std::string> codes_;
  std::vector<DrawnBox> boxes_;
};

// How a sheet went through the scanner.
struct Scanner {
  double skew_degrees = 0;  // clockwise
  double noise = 0;         // standard deviation, grey levels
  int quarter_turns = 0;    // clockwise
  bool black_and_white = false;
  bool dither = false;  // grey becomes dots, if black and white
  int dpi = 200;
  uint32_t seed = 1;
  double blur = 0;     // pixels
  double shading = 0;  // grey levels from the darkest to the lightest part of the paper
  double border = 0;   // dark edges left and above, points
  double wear = 0;     // of a copy: strokes swell and break by this many grey levels; specks
};

struct Scan {
  std::string bytes;
  std::string dictionary;     // of the image object that holds them
  int width = 0, height = 0;  // pixels
};

// Content that draws the outlines of letters, which no text layer holds; fonts as in Sheet.
std::string Outlined(double x, double y, std::string_view text, std::string_view font, double size);
// The bytes of a PDF with one page showing `content`.
std::string OnePagePdf(std::string_view content);
Scan ScanSheet(std::string_view content, const Scanner& scanner);
// One page that shows a scan, full size; `layer` is content below it, in text that is drawn without
// ink.
std::string ScannedPdf(const Scan& scan, std::string_view layer = {});
// A scanned page with a black box, its label in white, for each of `words`; an invisible layer
// below the picture holds the lines and, under the boxes, the words.
std::string ScanWithHiddenLayer(const std::vector<std::string>& words, std::string_view label);
// A TIFF file with a page for each scan: grey and deflated, or as a fax machine sends it (black and
// white, 204 x 98 dpi, CCITT group 4).
std::string TiffOf(const std::vector<Scan>& scans, int dpi, bool fax);
// The same file with others attached, by name; the last is attached to an annotation of page 1.
std::string Attach(const std::string& pdf,
                   const std::vector<std::pair<std::string, std::string>>& files);
// The same file, encrypted with AES-256.
std::string Encrypt(const std::string& pdf, const std::string& password);

// Writes PDF objects; object 1 is the catalog, 2 the page tree.
class PdfWriter {
 public:
  // Adds an object and returns its number, from 3.
  int Add(std::string body);
  int AddStream(std::string_view dictionary, std::string_view bytes);
  std::string Finish(const std::vector<int>& pages);

 private:
  std::vector<std::string> objects_;
};

// Font resources as the content streams name them.
std::string FontResources();

}  // namespace foia::testing

#endif  // FOIA_TESTS_SUPPORT_SAMPLE_SHEET_H_
