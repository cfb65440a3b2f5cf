#include "ocr/redaction/codes.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <utility>

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
  RE2 privacy{R"([(\[{]?([kj])[)\]}]?[(\[{]?([1-7])[)\]}]?)"};
  RE2 privacy_misread{R"([(\[{][iIlJ1][)\]}][(\[{]2[)\]}])"};
  // b7Cc, bic, b?C, b7?C, and of small print bs, b\u00e9.
  RE2 compact{R"([bB]([1-9])([A-Fc]?)c?)"};
  RE2 compact_misread{R"([bB][7?iITl]\??([A-Fc])c?)"};
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
  // A literal b, in any agency's spelling: (b)(7)(C), b(7)(C), (b)7(C), (b7)(C), [b7C], B7C.
  RE2 literal{
      R"([(\[{]?[bB][)\]}]?[(\[{]?([1-9])[)\]}]?(?:[(\[{]([A-Fac-f])[)\]}]|([A-Fa-f])[)\]}]?)?)"};
  // What goes on without the b: (b)(6), (7)(C); (b)(7)(C)/(E).
  RE2 next_digit{R"(\(([1-9])\)(?:\(([A-F])\))?)"};
  RE2 next_letter{R"(\(([A-F])\))"};
  // Ex. 6, FOIA Exemption 7(C), Exemptions 4 and 6, and an item of such a list.
  RE2 exemption{R"((?i)(?:FOIA)?ex(?:empt(?:ions?)?(?:\(s\))?|s)?\.?(?:nos?\.?|\#)?)"};
  RE2 item{R"(\(?([1-9])\)?(?:\(([A-F])\)|([A-F]))?)"};
  RE2 item_separator{R"((?i)[,;/&]|and)"};
  // Statutes that (b)(3) refers to. 5 U.S.C. 552 and 552a are the acts themselves.
  RE2 own_act{R"((?i)5U\.?S\.?C\.?(?:§+|sec(?:tion)?\.?)?552a?)"};
  RE2 statute{
      R"((?i)\d{1,2}U\.?S\.?C\.?A?\.?(?:§+|sec(?:tion)?\.?)?\d+[a-z]{0,2}(?:-\d+[a-z]?)?(?:\([a-z0-9]{1,4}\))*)"
      R"(|(?:P\.?L\.?|Pub(?:lic|\.)?L(?:aw|\.)?)\d{2,3}-\d{1,3}(?:,?sec(?:tion)?\.?\d+)?)"
      R"(|(?:the)?(?:C\.?I\.?A\.?|N\.?S\.?A\.?|national ?security(?:agency)?)act(?:of\d{4})?(?:,?(?:§|sec(?:tion)?\.?)\d+(?:\([a-z0-9]{1,4}\))*)?)"
      R"(|(?:fed\.?r\.?(?:of)?crim\.?p\.?|f\.?r\.?c(?:rim)?\.?p\.?|rule)\d+(?:\([a-z0-9]{1,4}\))*)"
      R"(|(?:INA|BSA)(?:§|sec(?:tion)?\.?)?\d+(?:\([a-z0-9]{1,4}\))*)"};
  // What agencies write beside a code, and instead of one.
  RE2 instead{
      R"((?i)N/?R|(?:non-?|not)responsive(?:records?|information)?|redact(?:ed|ion)|withheld(?:in(?:full|part))?|sealed|deleted)"
      R"(|(?:denied|withheld)infull|WIF|P\.?I\.?I\.?|CBI|privileged|out(?:side)?(?:of)?(?:the)?scope)"
      R"(|personalprivacy|deliberativeprocess(?:privilege)?|attorney-?client(?:privilege)?|attorneyworkproduct)"
      R"(|confidentialbusinessinformation)"};
  RE2 beside{
      R"((?i)PP|DPP?|AC(?:P|C)?|A?WP|SSI|LES|privacy|privacyact|deliberative|(?:attorney)?workproduct|privilege|law ?enforcement(?:sensitive|privilege)?)"
      R"(|tradesecrets?|FOIA|freedomofinformationact|exempt(?:ions?)?(?:\(s\))?|(?:from)?disclosure|under|per|pursuantto|and|ex\.|E\.?O\.?1\d{4})"};
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

// Of letters beyond ASCII the first byte; dashes and signs are none.
bool IsWordCharacter(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= 0xC3 && u < 0xE0) || (u < 128 && std::isalnum(u) != 0);
}
bool IsBracket(char c) { return std::strchr("()[]{}", c) != nullptr && c != '\0'; }

// Letters in a row that make a word of their own.
constexpr size_t kWordLetters = 4;

class Parser {
 public:
  // `repair`: whether misreads are codes, too.
  Parser(std::string_view text, bool repair) : repair_(repair) {
    bool blank = true;
    for (const char c : text) {
      // A box edge reads as a bar; blanks mean little within a label.
      if (std::isspace(static_cast<unsigned char>(c)) != 0 || c == '|') {
        blank = true;
        continue;
      }
      // The signs of copyright and cent are a C in brackets.
      const bool is_c = repair && (c == '\xA9' || c == '\xA2') && text_.ends_with('\xC2');
      if (is_c) {
        text_.back() = 'C';
        continue;
      }
      text_ += c;
      begins_.push_back(std::exchange(blank, false));
    }
    begins_.push_back(true);
  }

  ParsedCodes Run() {
    size_t skipped = 0, letters = 0;
    bool instead = false;
    while (at_ < text_.size()) {
      if (TryCode() || TryStatute() || TryWord(&instead)) {
        letters = 0;
        continue;
      }
      const char c = text_[at_];
      if (IsWordCharacter(c)) ++skipped;
      if (begins_[at_] || !IsWordCharacter(c)) letters = 0;
      if (IsWordCharacter(c) && std::isdigit(static_cast<unsigned char>(c)) == 0 &&
          ++letters == kWordLetters) {
        ++out_.other_words;
      }
      ++at_;
    }
    out_.complete = !out_.codes.empty() && skipped == 0;
    out_.says_withheld = out_.codes.empty() && skipped == 0 && instead;
    return std::move(out_);
  }

 private:
  re2::StringPiece Rest() const { return {text_.data() + at_, text_.size() - at_}; }

  template <typename... Args>
  bool Eat(const RE2& pattern, Args*... args) {
    re2::StringPiece rest = Rest();
    if (!RE2::Consume(&rest, pattern, args...) || rest.size() == text_.size() - at_) return false;
    start_ = at_;
    at_ = text_.size() - rest.size();
    return true;
  }

  // What was eaten last, with its blanks.
  std::string Raw() const {
    std::string raw;
    for (size_t i = start_; i < at_; ++i) {
      if (i > start_ && begins_[i]) raw += ' ';
      raw += text_[i];
    }
    return raw;
  }

  // Whether something of its own may begin, and end, here: not in the midst of a word.
  bool AtStart() const {
    return at_ == 0 || begins_[at_] || at_ == code_end_ || !IsWordCharacter(text_[at_ - 1]) ||
           !IsWordCharacter(text_[at_]);
  }
  bool AtEnd() const {
    return begins_[at_] || !IsWordCharacter(text_[at_ - 1]) || !IsWordCharacter(text_[at_]);
  }
  // The next code may follow without a blank: b6b7C.
  bool AtCodeEnd() const { return AtEnd() || text_[at_] == 'b' || text_[at_] == 'B'; }

  // A code has a bracket or a digit, but for the misreads of "b5" and "b7C"; without brackets it is
  // one word.
  bool IsOne() const {
    bool bracket = false, digit = false, blank = false;
    for (size_t i = start_; i < at_; ++i) {
      bracket |= IsBracket(text_[i]);
      digit |= std::isdigit(static_cast<unsigned char>(text_[i])) != 0;
      blank |= i > start_ && begins_[i];
    }
    return bracket || (!blank && (digit || text_[start_] == 'b'));
  }

  // "b 7 C": brackets that were lost leave blanks.
  bool IsSpacedOut() const {
    const auto begin = begins_.begin();
    return text_[start_] == 'b' &&
           std::all_of(begin + static_cast<ptrdiff_t>(start_), begin + static_cast<ptrdiff_t>(at_),
                       [](bool begins) { return begins; });
  }

  void Add(std::string code) {
    out_.codes.push_back({std::move(code), Raw(), {}});
    code_end_ = at_;
  }

  // A digit with its letter, as far as the statute has one.
  void AddStatute(char digit, std::string_view letter) {
    const size_t start = start_;
    std::string subs;
    Eat(GetPatterns().subs, &subs);
    start_ = start;
    std::string code = std::string("b") + digit;
    if (digit == '7') {
      const char c = letter.empty() ? '?' : Letter(letter.front());
      code += c;
      out_.truncated |= c == '?';
    } else if (digit == '1' && !letter.empty() && Letter(letter.front()) <= 'B') {
      code += Letter(letter.front());
    }
    if (subs.empty()) return Add(std::move(code));
    for (std::string_view rest = subs; !rest.empty();) {
      const size_t comma = rest.find(',');
      Add(code + "-" + std::string(rest.substr(0, comma)));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  }

  // Gives back the letter (and what joined it) when the digit takes none: it begins the next code.
  void Unread(char digit, std::string_view letter) {
    if (letter.empty() || digit == '7' || digit == '1') return;
    at_ = start_ + std::string_view(text_).substr(start_, at_ - start_).rfind(letter.front());
    while (at_ > start_ && std::strchr("([{", text_[at_ - 1]) != nullptr) --at_;
  }

  bool TryCode() {
    const size_t start = at_;
    if (!AtStart()) return false;
    if (TryLiteral(!repair_) || (repair_ && (TryMisread() || TryLiteral(true)))) return true;
    at_ = start;
    // "(b)" or "(b)(" at the end: the label goes on.
    static const auto* cut = new RE2(R"([(\[{][bB][)\]}]?[(\[{]?)");
    if (!RE2::FullMatch(Rest(), *cut)) return false;
    out_.truncated = true;
    at_ = text_.size();
    return true;
  }

  // `cut`: a 7 may have lost its letter.
  bool TryLiteral(bool cut) {
    const Patterns& p = GetPatterns();
    const size_t start = at_;
    const auto back = [&] {
      at_ = start;
      return false;
    };
    std::string a, b, c;
    if (Eat(p.order, &a, &b, &c)) {
      if (!AtEnd() || !IsOne()) return back();
      Add(a + "(" + b + ")" + (c.empty() ? "" : "(" + c + ")"));
      return true;
    }
    if (Eat(p.privacy, &a, &b)) {
      if (!AtEnd() || !IsOne()) return back();
      Add(a + b);
      return true;
    }
    if (Eat(p.literal, &a, &b, &c)) {
      // A letter by itself is the code's when it stands in the same word.
      if (!c.empty() && begins_[start_ + text_.substr(start_, at_ - start_).rfind(c)]) {
        Unread('0', c);
        c.clear();
      }
      const std::string letter = b + c;
      Unread(a[0], letter);
      if (!AtCodeEnd() || !IsOne() || (!cut && a == "7" && letter.empty())) return back();
      AddStatute(a[0], letter);
      return true;
    }
    if (!FollowsCode()) return false;
    if (Eat(p.next_digit, &a, &b)) {
      // "(6)(7)(E)": the b of a code of its own.
      static const auto* goes_on = new RE2(R"(\([1-9]\))");
      if (repair_ && b.empty() && RE2::PartialMatch(Rest(), "^" + goes_on->pattern()))
        return back();
      Unread(a[0], b);
      AddStatute(a[0], b);
      return true;
    }
    if (out_.codes.back().code.starts_with("b7") && Eat(p.next_letter, &a)) {
      AddStatute('7', a);
      return true;
    }
    return false;
  }

  // Whether nothing but commas and the like stands between the last code and here.
  bool FollowsCode() const {
    return !out_.codes.empty() && at_ > code_end_ &&
           text_.find_first_not_of(",;/&", code_end_) >= at_;
  }

  bool TryMisread() {
    const Patterns& p = GetPatterns();
    const size_t start = at_;
    std::string a, b;
    char digit = 0;
    bool whole = false;
    if (Eat(p.privacy_misread)) {
      Add("j2");
      return true;
    }
    if (Eat(p.joined, &a, &b)) {
      digit = a[0];
    } else if (Eat(p.compact_misread, &b)) {
      digit = '7';
      whole = start == 0 && at_ == text_.size();
    } else if (Eat(p.compact, &a, &b)) {
      digit = a[0];
    } else if (Eat(p.compact_digit, &a)) {
      digit = a.size() > 1 ? '6' : Digit(a[0]);
    } else if (Eat(p.bare_seven, &a, &b)) {
      digit = '7';
    } else if (Eat(p.paren, &a, &b) || Eat(p.headless, &a, &b)) {
      digit = Digit(a[0]);
      Unread(digit, b);
      // Of a thin letter nothing is left; there are hardly any (b)(2) any more.
      if (digit == '2' && text_.find_first_of("bB68", start_) >= at_) {
        Add("j2");
        return true;
      }
    } else {
      return false;
    }
    if (!AtCodeEnd() || !(whole || IsOne() || IsSpacedOut())) {
      at_ = start;
      return false;
    }
    AddStatute(digit, b);
    return true;
  }

  // A statute belongs to the (b)(3) before it; standing alone it is one.
  bool TryStatute() {
    const Patterns& p = GetPatterns();
    const size_t start = at_;
    if (!AtStart()) return false;
    if (Eat(p.own_act)) return true;
    if (!Eat(p.statute)) return false;
    if (!AtEnd()) {
      at_ = start;
      return false;
    }
    const std::string statute = Raw();
    if (out_.codes.empty() || out_.codes.back().code != "b3") {
      out_.codes.push_back({"b3", {}, {}});
    }
    ParsedCode& code = out_.codes.back();
    code.statute += (code.statute.empty() ? "" : ", ") + statute;
    code.raw += (code.raw.empty() ? "" : " ") + statute;
    return true;
  }

  bool TryWord(bool* instead) {
    const Patterns& p = GetPatterns();
    const size_t start = at_;
    if (!AtStart()) return false;
    if (Eat(p.exemption) && EatItems(start)) return true;
    at_ = start;
    const bool withheld = Eat(p.instead);
    if (!withheld && !Eat(p.beside)) return false;
    if (!AtEnd()) {
      at_ = start;
      return false;
    }
    *instead |= withheld;
    return true;
  }

  // What stands behind "Exemption", which begins at `from`: "4, 6 and 7(C)".
  bool EatItems(size_t from) {
    const Patterns& p = GetPatterns();
    bool any = false;
    for (size_t end = at_;; end = at_) {
      if (any) Eat(p.item_separator);
      std::string digit, bracketed, letter;
      const bool item = Eat(p.item, &digit, &bracketed, &letter);
      if (item && !letter.empty() && (digit != "7" || begins_[at_ - 1])) {
        --at_;
        letter.clear();
      }
      if (!item || !AtEnd()) {
        at_ = end;
        return any;
      }
      if (!std::exchange(any, true)) start_ = from;
      AddStatute(digit[0], bracketed + letter);
    }
  }

  const bool repair_;
  std::string text_;          // without blanks
  std::vector<bool> begins_;  // per character: a blank stood before it
  size_t at_ = 0;
  size_t start_ = 0;     // of what was eaten last
  size_t code_end_ = 0;  // of the last code
  ParsedCodes out_;
};

}  // namespace

ParsedCodes ParseCodes(std::string_view text, CodeContext context) {
  if (context == CodeContext::kZone) {
    ParsedCodes read = Parser(text, true).Run();
    // Among words, what looks like a misread code is a piece of another word.
    if (read.other_words == 0) return read;
  }
  return Parser(text, false).Run();
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
