#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <utility>

#include "services/base/error.h"
#include "services/base/status.h"
#include "services/search/query/query.h"
#include "storage/index/analyzer.h"

namespace foia::search {
namespace {

using Kind = Query::Kind;

constexpr size_t kMaxQueryBytes = 4096;
constexpr int kMaxDepth = 50;
constexpr size_t kMaxLeaves = 256;
constexpr uint32_t kDefaultNear = 10;
constexpr uint32_t kMaxNear = 1000;
constexpr std::array<std::string_view, 6> kFields = {"exemption", "redaction", "request",
                                                     "document",  "doc",       "page"};

struct Token {
  enum class Type : uint8_t { kLeaf, kOpen, kClose, kAnd, kOr, kNot, kMinus, kPlus, kNear, kEnd };
  Type type;
  size_t offset;
  Query leaf;           // of kLeaf
  uint32_t number = 0;  // of kNear
};

bool IsField(std::string_view name) {
  return std::find(kFields.begin(), kFields.end(), name) != kFields.end();
}
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// A decimal number of at most nine digits that is all of `text`.
std::optional<uint32_t> ParseNumber(std::string_view text) {
  if (text.empty() || text.size() > 9 || !std::all_of(text.begin(), text.end(), IsDigit)) {
    return std::nullopt;
  }
  uint32_t number = 0;
  for (char c : text) number = number * 10 + static_cast<uint32_t>(c - '0');
  return number;
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row[b.size()];
}

// Typographic quotes are how word processors paste.
std::string StraightQuotes(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view here = text.substr(i, 3);
    if (here == "\u201C" || here == "\u201D" || here == "\u201E") {
      out += '"';
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(StraightQuotes(text)) {}

  absl::StatusOr<Query> Parse() {
    if (text_.size() > kMaxQueryBytes) {
      return Error(kMaxQueryBytes, "the query is longer than 4096 bytes", "split it");
    }
    FOIA_RETURN_IF_ERROR(Lex());
    if (tokens_.size() == 1) {
      return Error(0, "the query has no word to look for", "give a word, such as: academy");
    }
    FOIA_ASSIGN_OR_RETURN(Query query, ParseOr(0));
    if (Peek().type == Token::Type::kClose) {
      return Error(Peek().offset, "')' closes nothing", "remove it or add '(' before");
    }
    if (query.kind == Kind::kNot) return OnlyNegative(0);
    return query;
  }

 private:
  using Type = Token::Type;

  absl::Status Error(size_t offset, std::string_view message, std::string_view suggestion) const {
    const size_t column = CountCharacters(std::string_view(text_).substr(0, offset)) + 1;
    return MakeError(Reason::REASON_INVALID_QUERY,
                     "column " + std::to_string(column) + ": " + std::string(message) + "; " +
                         std::string(suggestion),
                     {{"column", std::to_string(column)}, {"suggestion", std::string(suggestion)}});
  }
  absl::Status OnlyNegative(size_t offset) const {
    return Error(offset, "this only says what must not occur",
                 "add a word that must occur, such as: academy NOT draft");
  }

  // ---- From text to tokens ----

  absl::Status Lex() {
    size_t i = 0;
    while (i < text_.size()) {
      const char c = text_[i];
      if (IsSpace(c)) {
        ++i;
        continue;
      }
      const bool more = i + 1 < text_.size() && !IsSpace(text_[i + 1]);
      if (c == '(' && storage::PrintedCodeLength(Rest(i)) == 0) {
        tokens_.push_back({Type::kOpen, i++, {}});
      } else if (c == ')') {
        tokens_.push_back({Type::kClose, i++, {}});
      } else if ((c == '-' || c == '+') && more) {
        tokens_.push_back({c == '-' ? Type::kMinus : Type::kPlus, i++, {}});
      } else if (c == '"' || (c == '=' && more && text_[i + 1] == '"')) {
        FOIA_RETURN_IF_ERROR(LexPhrase(i));
      } else if (c == '[') {
        const size_t begin = i;
        FOIA_ASSIGN_OR_RETURN(Query leaf, LexRedaction(i));
        tokens_.push_back({Type::kLeaf, begin, std::move(leaf)});
      } else {
        FOIA_RETURN_IF_ERROR(LexWord(i));
      }
    }
    tokens_.push_back({Type::kEnd, text_.size(), {}});
    const auto leaves = std::count_if(tokens_.begin(), tokens_.end(),
                                      [](const Token& token) { return token.type == Type::kLeaf; });
    if (static_cast<size_t>(leaves) > kMaxLeaves) {
      return Error(0, "the query has more than 256 words", "split it");
    }
    return absl::OkStatus();
  }

  std::string_view Rest(size_t i) const { return std::string_view(text_).substr(i); }

  // Behind the word that starts at `i`. Printed codes, as in b7(E), belong to the word.
  size_t WordEnd(size_t i) const {
    const size_t begin = i;
    while (i < text_.size() && !IsSpace(text_[i]) && text_[i] != '"' && text_[i] != ')') {
      if (text_[i] == '(') {
        if (const size_t code = storage::PrintedCodeLength(Rest(i)); code > 0) {
          i += code;
          continue;
        }
        const size_t close = text_.find(')', i);
        if (close == std::string::npos || close > i + 3 ||
            text_.find_first_of("( ", i + 1) < close ||
            storage::NormalizeExemption(std::string_view(text_).substr(begin, close + 1 - begin))
                .empty()) {
          break;
        }
        i = close;
      }
      ++i;
    }
    return i;
  }

  absl::Status LexWord(size_t& i) {
    const size_t begin = i;
    size_t colon = begin;
    while (colon < text_.size() && IsLetter(text_[colon])) ++colon;
    if (colon > begin && colon < text_.size() && text_[colon] == ':') {
      if (colon + 1 < text_.size() && !IsSpace(text_[colon + 1])) return LexField(i, colon);
      const std::string name = storage::Fold(std::string_view(text_).substr(begin, colon - begin));
      if (IsField(name)) return NoValue(colon, name);
    }
    const bool exact = text_[i] == '=';
    if (exact) ++i;
    const size_t word = i;
    if (exact && word < text_.size() && text_[word] == '[') {
      return Error(begin, "'=' means nothing before a redaction", "remove it");
    }
    i = WordEnd(word);
    const std::string_view text = std::string_view(text_).substr(word, i - word);
    if (!exact) {
      if (text == "AND") return Push({Type::kAnd, begin, {}});
      if (text == "OR") return Push({Type::kOr, begin, {}});
      if (text == "NOT") return Push({Type::kNot, begin, {}});
      if (text == "NEAR") return Push({Type::kNear, begin, {}, kDefaultNear});
      if (text.substr(0, 5) == "NEAR/") {
        const auto number = ParseNumber(text.substr(5));
        if (!number.has_value() || *number > kMaxNear) {
          return Error(begin + 5, "NEAR/ needs a number up to 1000", "write NEAR/5");
        }
        return Push({Type::kNear, begin, {}, *number});
      }
    }
    FOIA_ASSIGN_OR_RETURN(std::optional<Query> leaf, WordLeaf(word, text, exact));
    if (leaf.has_value()) return Push({Type::kLeaf, begin, *std::move(leaf)});
    return absl::OkStatus();
  }

  absl::Status Push(Token token) {
    tokens_.push_back(std::move(token));
    return absl::OkStatus();
  }

  // The leaf for one word; nullopt for mere punctuation, which is never indexed.
  absl::StatusOr<std::optional<Query>> WordLeaf(size_t offset, std::string_view word,
                                                bool exact) const {
    Query leaf;
    const size_t star = word.find('*');
    if (star != std::string_view::npos) {
      const std::string base(word.substr(0, star));
      if (star + 1 != word.size() || base.empty()) {
        return Error(offset + star, "'*' stands only at the end of a word",
                     "search for the beginning, such as: redact*");
      }
      const storage::WordTokens tokens = storage::AnalyzeWord(base);
      if (tokens.parts.size() > 1 && tokens.whole.empty()) {
        return Error(offset, "'*' needs one word before it", "write the words apart");
      }
      if (tokens.parts.empty() || CountCharacters(storage::Fold(base)) < 2) {
        return Error(offset, "'*' needs at least two letters or digits before it",
                     "give more of the word");
      }
      leaf.kind = Kind::kPrefix;
      leaf.text = base;
      return leaf;
    }
    const size_t tilde = word.rfind('~');
    const std::string_view edits = tilde == std::string_view::npos ? word : word.substr(tilde + 1);
    if (tilde != std::string_view::npos && std::all_of(edits.begin(), edits.end(), IsDigit)) {
      const std::string base(word.substr(0, tilde));
      const uint32_t number = edits.empty() ? 1 : ParseNumber(edits).value_or(0);
      if (number != 1 && number != 2) {
        return Error(offset + tilde, "a word is searched with 1 or 2 edits",
                     "write " + base + "~1 or " + base + "~2");
      }
      const storage::WordTokens tokens = storage::AnalyzeWord(base);
      if (tokens.parts.empty() || (tokens.parts.size() > 1 && tokens.whole.empty())) {
        return Error(offset, "'~' needs one word before it", "write the words apart");
      }
      if (CountCharacters(storage::Fold(base)) < (number == 1 ? 3u : 5u)) {
        return Error(offset, "'" + base + "' is too short for so many edits",
                     number == 1 ? "search for the word itself" : "write " + base + "~1");
      }
      leaf.kind = Kind::kFuzzy;
      leaf.text = base;
      leaf.number = number;
      return leaf;
    }
    if (storage::AnalyzeWord(word).parts.empty()) return std::nullopt;
    leaf.text = std::string(word);
    leaf.exact = exact;
    return leaf;
  }

  // [b7E], [any]; `i` stands at '['.
  absl::StatusOr<Query> LexRedaction(size_t& i) const {
    const size_t close = text_.find(']', i);
    if (close == std::string::npos) {
      return Error(i, "'[' is not closed", "write [b7E], or put the text in quotes");
    }
    const std::string_view inside = std::string_view(text_).substr(i + 1, close - i - 1);
    const size_t offset = i + 1;
    i = close + 1;
    return Redaction(offset, inside);
  }

  absl::StatusOr<Query> Redaction(size_t offset, std::string_view value) const {
    Query leaf;
    leaf.kind = Kind::kRedaction;
    const std::string folded = storage::Fold(value);
    if (folded == storage::kAnyRedaction || folded == storage::kUnmarkedRedaction) {
      leaf.text = folded;
      return leaf;
    }
    leaf.text = storage::NormalizeExemption(value);
    if (!leaf.text.empty()) return leaf;
    // Codes of other statutes and orders, such as 3.5(c), stand as they are.
    if (!std::any_of(value.begin(), value.end(), IsDigit) ||
        value.find_first_of(" \"[]*~") != std::string_view::npos) {
      return Error(offset, "'" + std::string(value) + "' is no exemption code",
                   "write a code such as b7E, or any, or unmarked");
    }
    leaf.text = std::string(value);
    return leaf;
  }

  absl::Status LexField(size_t& i, size_t colon) {
    const size_t begin = i;
    const std::string name = storage::Fold(std::string_view(text_).substr(begin, colon - begin));
    size_t value = i = colon + 1;
    std::string_view text;
    if (text_[i] == '"') {
      const size_t close = text_.find('"', i + 1);
      if (close == std::string::npos) return OpenQuote(i);
      text = std::string_view(text_).substr(++value, close - i - 1);
      i = close + 1;
    } else {
      // Balanced parentheses belong to the value: exemption:3.5(c).
      int depth = 0;
      for (; i < text_.size() && !IsSpace(text_[i]) && text_[i] != '"'; ++i) {
        if (text_[i] == '(') ++depth;
        if (text_[i] == ')' && depth-- == 0) break;
      }
      text = std::string_view(text_).substr(value, i - value);
    }
    if (!IsField(name)) {
      const auto nearest = std::min_element(kFields.begin(), kFields.end(),
                                            [&name](std::string_view a, std::string_view b) {
                                              return EditDistance(name, a) < EditDistance(name, b);
                                            });
      const std::string original(std::string_view(text_).substr(begin, i - begin));
      return Error(begin, "there is no field '" + name + "'",
                   EditDistance(name, *nearest) * 3 <= name.size()
                       ? "write " + std::string(*nearest) + ":" + std::string(text)
                       : "put it in quotes to search for the text: \"" + original + "\"");
    }
    if (text.empty()) return NoValue(colon, name);
    Query leaf;
    if (name == "exemption" || name == "redaction") {
      FOIA_ASSIGN_OR_RETURN(leaf, Redaction(value, text));
      return Push({Type::kLeaf, begin, std::move(leaf)});
    }
    leaf.kind = Kind::kFilter;
    leaf.field = name == "doc" ? "document" : name;
    leaf.text = storage::Fold(text);
    if (name == "page") {
      const size_t dash = text.find('-');
      const auto first = ParseNumber(text.substr(0, dash));
      const auto last = dash == std::string_view::npos ? first : ParseNumber(text.substr(dash + 1));
      if (!first.has_value() || !last.has_value() || *first == 0 || *last < *first) {
        return Error(value, "'" + std::string(text) + "' is no page number",
                     "write page:12 or page:3-7");
      }
    }
    return Push({Type::kLeaf, begin, std::move(leaf)});
  }

  absl::Status NoValue(size_t colon, const std::string& name) const {
    return Error(colon, "'" + name + ":' has no value",
                 "give a value right behind it, or put it in quotes to search for the text: \"" +
                     name + ":\"");
  }

  absl::Status OpenQuote(size_t offset) const {
    return Error(offset, "the quote is not closed", "add \" at the end of the phrase");
  }

  // "..." or ="...", with ~N behind; `i` stands at its beginning.
  absl::Status LexPhrase(size_t& i) {
    const size_t begin = i;
    const bool exact = text_[i] == '=';
    if (exact) ++i;
    const size_t open = i++;
    const size_t close = text_.find('"', i);
    if (close == std::string::npos) return OpenQuote(open);
    Query phrase;
    phrase.kind = Kind::kPhrase;
    while (i < close) {
      if (IsSpace(text_[i])) {
        ++i;
        continue;
      }
      if (text_[i] == '[') {
        if (text_.find(']', i) > close) {
          return Error(i, "'[' is not closed", "write [b7E] inside the quotes");
        }
        FOIA_ASSIGN_OR_RETURN(Query leaf, LexRedaction(i));
        phrase.children.push_back(std::move(leaf));
        continue;
      }
      const size_t word = i;
      while (i < close && !IsSpace(text_[i])) {
        const size_t code = storage::PrintedCodeLength(Rest(i));
        i += std::max<size_t>(code, 1);
      }
      i = std::min(i, close);
      FOIA_ASSIGN_OR_RETURN(std::optional<Query> leaf,
                            WordLeaf(word, std::string_view(text_).substr(word, i - word), exact));
      if (leaf.has_value()) phrase.children.push_back(*std::move(leaf));
    }
    i = close + 1;
    const size_t tilde = i;
    const bool near = i < text_.size() && text_[i] == '~';
    if (near) {
      const size_t number = ++i;
      while (i < text_.size() && IsDigit(text_[i])) ++i;
      const auto distance = ParseNumber(std::string_view(text_).substr(number, i - number));
      if (!distance.has_value() || *distance > kMaxNear) {
        return Error(tilde, "'~' behind a phrase needs a number up to 1000", "write \"a b\"~10");
      }
      if (phrase.children.size() < 2) {
        return Error(tilde, "'~' behind quotes needs at least two words in them",
                     "remove it, or write the word without quotes for spelling variants");
      }
      phrase.kind = Kind::kNear;
      phrase.number = *distance;
    }
    if (phrase.children.empty()) {
      return Error(open, "there is no word between the quotes", "remove them or add a word");
    }
    if (phrase.children.size() == 1) phrase = Query(std::move(phrase.children[0]));
    return Push({Type::kLeaf, begin, std::move(phrase)});
  }

  // ---- From tokens to the tree ----

  const Token& Peek() const { return tokens_[next_]; }

  absl::StatusOr<Query> ParseOr(int depth) {
    Query query;
    query.kind = Kind::kOr;
    while (true) {
      const size_t first = next_;
      FOIA_ASSIGN_OR_RETURN(Query operand, ParseAnd(depth));
      const bool alone = Peek().type != Type::kOr && query.children.empty();
      if (alone) return operand;
      const size_t offset = tokens_[first].offset;
      if (operand.kind == Kind::kNot) {
        return Error(offset, "NOT cannot be an alternative of OR",
                     "add a word that must occur: (academy NOT draft) OR memo");
      }
      if (tokens_[first].type == Type::kPlus && next_ - first == 2) {
        return Error(offset, "'+' means nothing beside OR", "remove it, or write AND");
      }
      if (operand.kind == Kind::kOr) {
        std::move(operand.children.begin(), operand.children.end(),
                  std::back_inserter(query.children));
      } else {
        query.children.push_back(std::move(operand));
      }
      if (Peek().type != Type::kOr) return query;
      ++next_;
    }
  }

  absl::StatusOr<Query> ParseAnd(int depth) {
    Query query;
    query.kind = Kind::kAnd;
    const size_t offset = Peek().offset;
    while (true) {
      FOIA_ASSIGN_OR_RETURN(Query operand, ParseNear(depth));
      if (operand.kind == Kind::kAnd) {
        std::move(operand.children.begin(), operand.children.end(),
                  std::back_inserter(query.children));
      } else {
        query.children.push_back(std::move(operand));
      }
      const Type type = Peek().type;
      if (type == Type::kAnd) {
        ++next_;
      } else if (type == Type::kOr || type == Type::kClose || type == Type::kEnd) {
        break;
      }
    }
    if (query.children.size() == 1) return Query(std::move(query.children[0]));
    if (std::all_of(query.children.begin(), query.children.end(),
                    [](const Query& child) { return child.kind == Kind::kNot; })) {
      return OnlyNegative(offset);
    }
    return query;
  }

  absl::StatusOr<Query> ParseNear(int depth) {
    const size_t offset = Peek().offset;
    FOIA_ASSIGN_OR_RETURN(Query left, ParseUnary(depth));
    bool chained = false;  // `left` was made by this loop, not by parentheses
    while (Peek().type == Type::kNear) {
      const Token token = tokens_[next_++];
      const size_t right_offset = Peek().offset;
      FOIA_ASSIGN_OR_RETURN(Query right, ParseUnary(depth));
      for (const auto& [operand, at] : {std::pair(&left, offset), {&right, right_offset}}) {
        if (!HasPlaces(*operand)) {
          return Error(at, "NEAR stands between words, phrases, redactions or groups of them by OR",
                       "write: (academy OR school) NEAR/5 citizen");
        }
      }
      if (chained && left.number == token.number) {
        left.children.push_back(std::move(right));
        continue;
      }
      Query near;
      near.kind = Kind::kNear;
      near.number = token.number;
      near.children.push_back(std::move(left));
      near.children.push_back(std::move(right));
      left = std::move(near);
      chained = true;
    }
    return left;
  }

  absl::StatusOr<Query> ParseUnary(int depth) {
    const Token token = Peek();
    switch (token.type) {
      case Type::kLeaf:
        ++next_;
        return token.leaf;
      case Type::kPlus:
      case Type::kNot:
      case Type::kMinus: {
        ++next_;
        const Type after = Peek().type;
        if (after == Type::kNot || after == Type::kMinus || after == Type::kPlus) {
          return Error(Peek().offset, "two signs in a row", "keep one of them");
        }
        FOIA_ASSIGN_OR_RETURN(Query child, ParseUnary(depth));
        if (token.type == Type::kPlus) return child;
        if (child.kind == Kind::kNot) return OnlyNegative(token.offset);
        Query query;
        query.kind = Kind::kNot;
        query.children.push_back(std::move(child));
        return query;
      }
      case Type::kOpen: {
        ++next_;
        if (depth >= kMaxDepth) {
          return Error(token.offset, "more than 50 parentheses inside each other", "simplify it");
        }
        if (Peek().type == Type::kClose) {
          return Error(token.offset, "there is nothing between the parentheses", "remove them");
        }
        FOIA_ASSIGN_OR_RETURN(Query query, ParseOr(depth + 1));
        if (Peek().type != Type::kClose) {
          return Error(token.offset, "'(' is not closed", "add ')' at the end of the group");
        }
        ++next_;
        return query;
      }
      default:
        return MissingOperand(token);
    }
  }

  absl::Status MissingOperand(const Token& token) const {
    static constexpr std::string_view kAdvice =
        "add one, or put the operator in quotes to search for it";
    if (next_ == 0) return Error(token.offset, "a word is missing before this", kAdvice);
    return Error(tokens_[next_ - 1].offset, "a word is missing after this", kAdvice);
  }

  const std::string text_;
  std::vector<Token> tokens_;
  size_t next_ = 0;
};

}  // namespace

absl::StatusOr<Query> ParseQuery(std::string_view text) { return Parser(text).Parse(); }

}  // namespace foia::search
