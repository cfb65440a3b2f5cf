#include "ocr/redaction/codes.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>

namespace foia::ocr {
namespace {

// The letters that misreads put for a bracket pair, a bracket, a digit. See the tests for the
// misreads each was seen in.
#define FOIA_OPEN "[(\\[{Cci]"
#define FOIA_CLOSE "[)\\]}J>]"
#define FOIA_JOINT "[()\\[\\]{}J>CciXNYMUVHKyvf]"

struct Patterns {
  // Executive-order codes and Privacy Act codes.
  RE2 order{R"(([13]\.[3-5])[(\[]?([a-h])[)\]]?(?:\((\d)\))?)"};
  RE2 privacy{R"(\(?([kj])\)\(?([1-7])\)?)"};
  // b7C, b7E-1,2; in zones also bic, b?C, b7?C, b7Cc, and of small print bs, b\u00e9.
  RE2 compact{R"([bB]([1-9])([A-Fc]?)c?(?:-(\d{1,2}(?:,\d{1,2})*))?)"};
  RE2 compact_misread{R"([bB][7?iITl]\??([A-Fc])c?(?:-(\d{1,2}(?:,\d{1,2})*))?)"};
  RE2 compact_digit{R"(b([sSG]|\x{e9}))"};
  // (b)(7)(E), with a collapsed bracket pair as one letter. The b itself is the worst read.
  RE2 paren{FOIA_OPEN "?(?:[l1IiftdDO][bo06D]|[bB68hGD0O9do])" FOIA_JOINT
                      "{1,3}([1-9SsGBZlIT?])"
                      "(?:" FOIA_JOINT "{0,3}([A-Facdefg8G])" FOIA_CLOSE "?|" FOIA_CLOSE ")?"};
  // The b is lost, its closing bracket or the pair is not.
  RE2 headless{FOIA_OPEN "?[)\\]}]{1,2}" FOIA_OPEN
                         "([1-9SsGBZlIT?])"
                         "(?:" FOIA_JOINT "{0,3}([A-Facdefg8G])" FOIA_CLOSE "?|" FOIA_CLOSE ")?"};
  // "(b7)(C)": a pair is lost altogether.
  RE2 joined{FOIA_OPEN "[bB](7)" FOIA_CLOSE FOIA_OPEN "([A-F])" FOIA_CLOSE};
  RE2 bare_seven{"[(\\[{](7)" FOIA_JOINT "{1,3}([A-Facdef])" FOIA_CLOSE};
  // Behind a form in brackets: (b)(7)(E)-1,2.
  RE2 subs{R"(-(\d{1,2}(?:,\d{1,2})*)\b)"};
  // Running text: a literal b, real or nearly real brackets.
  RE2 text_paren{
      R"([(\[{]\s?[bB]\s?[)\]}]\s?[(\[{]\s?([1-9])\s?[)\]}](?:\s?[(\[{]\s?([A-Fa-f])\s?[)\]}])?)"};
  RE2 citation{
      R"((?i)(?:552|552a|exemptions?|paragraphs?|sections?|subsections?|u\.?s\.?c\.?|under|§)[\s,]*$)"};
};

const Patterns& GetPatterns() {
  static const auto* patterns = new Patterns;
  return *patterns;
}

char Digit(char c) {
  switch (c) {
    case 'S':
    case 's':
      return '5';
    case 'G':
    case 'B':
      return '6';
    case 'Z':
      return '2';
    case 'l':
    case 'I':
      return '1';
    case 'T':
    case '?':
      return '7';
    default:
      return c;
  }
}

char Letter(char c) {
  switch (c) {
    case '8':
      return 'B';
    case 'G':
    case 'g':
      return 'C';
    default:
      return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
}

class Parser {
 public:
  Parser(std::string_view text, CodeContext context) : context_(context) {
    for (const char c : text) {
      // A box edge reads as a bar; blanks mean nothing within a label.
      const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0 || c == '|';
      if (!blank || context == CodeContext::kText) text_ += c;
    }
  }

  ParsedCodes Run() {
    size_t skipped = 0;
    while (at_ < text_.size()) {
      if (context_ == CodeContext::kZone ? TryZone() : TryText()) continue;
      if (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0) ++skipped;
      ++at_;
    }
    out_.complete = !out_.codes.empty() && skipped == 0;
    return std::move(out_);
  }

 private:
  re2::StringPiece Rest() const { return {text_.data() + at_, text_.size() - at_}; }

  template <typename... Args>
  bool Eat(const RE2& pattern, Args*... args) {
    re2::StringPiece rest = Rest();
    if (!RE2::Consume(&rest, pattern, args...)) return false;
    raw_ = text_.substr(at_, text_.size() - rest.size() - at_);
    at_ = text_.size() - rest.size();
    return true;
  }

  std::string EatSubs() {
    std::string subs;
    const std::string label = raw_;
    if (Eat(GetPatterns().subs, &subs)) raw_ = label + raw_;
    return subs;
  }

  void Add(const std::string& code) { out_.codes.push_back({code, raw_}); }

  // A digit with its letter, as far as the statute has one.
  void AddStatute(char digit, std::string_view letter, std::string_view subs = {}) {
    std::string code = std::string("b") + digit;
    if (digit == '7') {
      const char c = letter.empty() ? '?' : Letter(letter.front());
      code += c;
      out_.truncated |= c == '?';
    } else if (digit == '1' && !letter.empty() && Letter(letter.front()) <= 'B') {
      code += Letter(letter.front());
    }
    if (subs.empty()) return Add(code);
    while (!subs.empty()) {
      const size_t comma = subs.find(',');
      Add(code + "-" + std::string(subs.substr(0, comma)));
      subs = comma == std::string_view::npos ? std::string_view() : subs.substr(comma + 1);
    }
  }

  // Gives back the letter (and what joined it) when the digit takes none: it begins the next code.
  void Unread(char digit, const std::string& letter) {
    if (letter.empty() || digit == '7' || digit == '1') return;
    const size_t back = raw_.size() - raw_.rfind(letter);
    at_ -= back;
    raw_.resize(raw_.size() - back);
    while (!raw_.empty() && (raw_.back() == '(' || raw_.back() == '[' || raw_.back() == '{')) {
      raw_.pop_back();
      --at_;
    }
  }

  bool TryZone() {
    const Patterns& p = GetPatterns();
    std::string a, b, c;
    if (Eat(p.order, &a, &b, &c)) {
      Add(a + "(" + b + ")" + (c.empty() ? "" : "(" + c + ")"));
      return true;
    }
    if (Eat(p.privacy, &a, &b)) {
      Add(a + b);
      return true;
    }
    if (Eat(p.joined, &a, &b)) {
      AddStatute(a[0], b, EatSubs());
      return true;
    }
    if (Eat(p.compact_misread, &a, &b)) {
      AddStatute('7', a, b);
      return true;
    }
    if (Eat(p.compact, &a, &b, &c)) {
      AddStatute(a[0], b, c);
      return true;
    }
    if (Eat(p.compact_digit, &a)) {
      AddStatute(a.size() > 1 ? '6' : Digit(a[0]), {});
      return true;
    }
    if (Eat(p.bare_seven, &a, &b)) {
      AddStatute('7', b, EatSubs());
      return true;
    }
    if (Eat(p.paren, &a, &b) || Eat(p.headless, &a, &b)) {
      const char digit = Digit(a[0]);
      Unread(digit, b);
      AddStatute(digit, b, EatSubs());
      return true;
    }
    // "(b)" or "(b)(" at the end: the label goes on.
    static const auto* cut = new RE2(R"([(\[{][bB][)\]}]?[(\[{]?)");
    if (RE2::FullMatch(Rest(), *cut)) {
      out_.truncated = true;
      at_ = text_.size();
      return true;
    }
    return false;
  }

  bool TryText() {
    const Patterns& p = GetPatterns();
    const size_t start = at_;
    std::string a, b;
    if (!Eat(p.text_paren, &a, &b)) return false;
    const std::string subs = EatSubs();
    const re2::StringPiece before(text_.data(), start);
    if (!RE2::PartialMatch(before, p.citation)) AddStatute(a[0], b, subs);
    return true;
  }

  const CodeContext context_;
  std::string text_;
  size_t at_ = 0;
  std::string raw_;
  ParsedCodes out_;
};

}  // namespace

ParsedCodes ParseCodes(std::string_view text, CodeContext context) {
  return Parser(text, context).Run();
}

std::string PrintedCode(std::string_view code) {
  if (code.size() < 2 || std::isalpha(static_cast<unsigned char>(code[0])) == 0 ||
      std::isdigit(static_cast<unsigned char>(code[1])) == 0) {
    return std::string(code);
  }
  std::string out = std::string("(") + code[0] + ")(" + code[1] + ")";
  if (code.size() > 2 && code[2] >= 'A' && code[2] <= 'F') out += std::string("(") + code[2] + ")";
  if (const size_t dash = code.find('-'); dash != std::string_view::npos) out += code.substr(dash);
  return out;
}

}  // namespace foia::ocr
