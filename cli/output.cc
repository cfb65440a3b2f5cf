#include "cli/output.h"

#include <google/protobuf/util/json_util.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "services/base/civil_date.h"
#include "services/base/error.h"
#include "services/base/strings.h"

namespace foia::cli {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr size_t kMinShortId = 12;
constexpr size_t kGap = 2;
constexpr size_t kBelowIndent = 4;
// A column of text keeps so much on the line, or its longest word up to kLongWord.
constexpr size_t kMinText = 16;
constexpr size_t kLongWord = 30;
constexpr size_t kMinRoom = 40;
// Below this width of a text, lesser columns leave the line.
constexpr size_t kGoodText = 40;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The bytes of the first `columns` code points.
size_t BytesOf(std::string_view text, size_t columns) {
  size_t end = 0;
  for (size_t seen = 0; end < text.size(); ++end) {
    if (!IsContinuation(text[end]) && seen++ == columns) break;
  }
  return end;
}

size_t LongestWord(std::string_view text) {
  size_t longest = 0;
  for (const absl::string_view word : absl::StrSplit(ToAbsl(text), ' ')) {
    longest = std::max(longest, DisplayWidth(ToStd(word)));
  }
  return longest;
}

// `parts` on lines of `width`, two spaces apart; the lines after the first stand further in. A part
// is broken only when it alone is too long.
std::string Flow(const std::vector<std::string>& parts, size_t width, size_t indent) {
  std::string out;
  std::string line;
  const auto margin = [&] { return out.empty() ? indent : indent + kGap; };
  const auto end_line = [&] {
    absl::StrAppend(&out, std::string(margin(), ' '), line, "\n");
    line.clear();
  };
  for (const std::string& part : parts) {
    if (!line.empty()) {
      if (width == 0 || margin() + DisplayWidth(line) + kGap + DisplayWidth(part) <= width) {
        absl::StrAppend(&line, std::string(kGap, ' '), part);
        continue;
      }
      end_line();
    }
    const size_t room = width == 0 ? 0 : width - std::min(width - 1, indent + kGap);
    const bool fits = margin() + DisplayWidth(part) <= width;
    for (const std::string& piece : fits ? std::vector{part} : WrapText(part, room)) {
      if (!line.empty()) end_line();
      line = piece;
    }
  }
  if (!line.empty()) end_line();
  return out;
}

// Gives `text` to $PAGER and waits for its end. False when there is none to be used.
bool ShowInPager(const std::string& text) {
  const char* chosen = std::getenv("PAGER");
  const std::string pager = chosen == nullptr ? "less" : chosen;
  if (pager.empty() || pager == "cat") return false;
  setenv("LESS", "FRX", /*overwrite=*/0);
  std::fflush(stdout);
  FILE* pipe = popen(pager.c_str(), "w");
  if (pipe == nullptr) return false;
  // Who quits the pager early has seen enough; Ctrl-C is the pager's.
  const auto old_pipe = std::signal(SIGPIPE, SIG_IGN);
  const auto old_interrupt = std::signal(SIGINT, SIG_IGN);
  std::fwrite(text.data(), 1, text.size(), pipe);
  const int status = pclose(pipe);
  std::signal(SIGINT, old_interrupt);
  std::signal(SIGPIPE, old_pipe);
  // 127: the shell found no such program, so nobody has seen anything.
  return !(WIFEXITED(status) && WEXITSTATUS(status) == 127);
}

// Where a query went wrong: the query and a mark under the column.
std::string QueryMark(const ErrorMetadata& metadata) {
  const auto query = metadata.find("query");
  const auto column = metadata.find("column");
  if (query == metadata.end() || column == metadata.end()) return "";
  const int at = std::max(1, std::atoi(column->second.c_str()));
  return absl::StrCat("  ", Printable(query->second), "\n  ",
                      std::string(static_cast<size_t>(at) - 1, ' '), "^\n");
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n' || c == '\t' || c == '\r') {
      clean += ' ';
    } else if (c < 0x20 || c == 0x7F) {
      clean += kReplacement;
    } else if (c == 0xC2 && i + 1 < text.size() &&
               static_cast<unsigned char>(text[i + 1]) < 0xA0) {  // U+0080 to U+009F
      clean += kReplacement;
      ++i;
    } else {
      clean += text[i];
    }
  }
  return clean;
}

size_t DisplayWidth(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

std::vector<std::string> WrapText(std::string_view text, size_t width) {
  const size_t lead = std::min(text.find_first_not_of(' '), text.size());
  if (width == 0 || DisplayWidth(text) <= width || lead >= width) return {std::string(text)};
  const std::string margin(lead, ' ');
  const size_t room = width - lead;
  std::vector<std::string> lines;
  std::string line;
  for (const absl::string_view each : absl::StrSplit(ToAbsl(text.substr(lead)), ' ')) {
    std::string_view word = ToStd(each);
    if (!line.empty() && DisplayWidth(line) + 1 + DisplayWidth(word) <= room) {
      absl::StrAppend(&line, " ", ToAbsl(word));
      continue;
    }
    if (!line.empty()) lines.push_back(margin + line);
    for (; DisplayWidth(word) > room; word.remove_prefix(BytesOf(word, room))) {
      lines.push_back(margin + std::string(word.substr(0, BytesOf(word, room))));
    }
    line = std::string(word);
  }
  if (!line.empty()) lines.push_back(margin + line);
  return lines;
}

Column Heading(Column column) {
  column.heading = true;
  return column;
}

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::Add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = Printable(cell);
  rows_.push_back(std::move(cells));
}

// Which columns stand where.
struct Table::Layout {
  std::vector<size_t> headings;
  std::vector<size_t> line;
  std::vector<size_t> below;
  std::vector<size_t> widths;  // by column
  size_t indent = 0;           // of the lines under a heading
};

Table::Layout Table::Fit(size_t width) const {
  Layout layout;
  layout.widths.resize(columns_.size());
  std::vector<size_t> least(columns_.size());        // what a column can do with
  std::vector<size_t> comfortable(columns_.size());  // before others leave the line for it
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t natural = DisplayWidth(columns_[i].header);
    size_t word = natural;
    bool is_empty = true;
    for (const auto& row : rows_) {
      natural = std::max(natural, DisplayWidth(row[i]));
      word = std::max(word, LongestWord(row[i]));
      is_empty = is_empty && row[i].empty();
    }
    const Keep keep = columns_[i].keep;
    const size_t floor = keep == Keep::kRoom ? kMinRoom : kMinText;
    layout.widths[i] = natural;
    least[i] = keep == Keep::kWhole ? natural
                                    : std::min(natural, std::max(floor, std::min(word, kLongWord)));
    comfortable[i] = keep == Keep::kText ? std::min(natural, kGoodText) : least[i];
    if (is_empty && i > 0) continue;
    (columns_[i].heading ? layout.headings : layout.line).push_back(i);
  }
  layout.indent = layout.headings.empty() ? 0 : kGap;
  const auto total = [&layout](const std::vector<size_t>& of) {
    size_t sum = layout.indent + kGap * (layout.line.size() - 1);
    for (const size_t i : layout.line) sum += of[i];
    return sum;
  };
  // What can go first leaves the line, from the right; the first column stays.
  for (const Keep keep : {Keep::kRoom, Keep::kBelow, Keep::kText, Keep::kWhole}) {
    const bool is_minor = keep == Keep::kRoom || keep == Keep::kBelow;
    const std::vector<size_t>& needed = is_minor ? comfortable : least;
    for (size_t at = layout.line.size(); at-- > 1 && width > 0 && total(needed) > width;) {
      const size_t column = layout.line[at];
      if (columns_[column].keep != keep) continue;
      layout.line.erase(layout.line.begin() + static_cast<ptrdiff_t>(at));
      if (keep != Keep::kRoom) layout.below.push_back(column);
    }
  }
  std::sort(layout.below.begin(), layout.below.end());
  while (width > 0 && total(layout.widths) > width) {
    size_t* widest = nullptr;
    for (const size_t i : layout.line) {
      if (layout.widths[i] > least[i] && (widest == nullptr || layout.widths[i] > *widest)) {
        widest = &layout.widths[i];
      }
    }
    if (widest == nullptr) break;
    --*widest;
  }
  return layout;
}

std::string Table::Render(size_t width) const {
  const Layout layout = Fit(width);
  std::string out;
  const auto add_row = [&](const std::vector<std::string>& cells) {
    std::vector<std::vector<std::string>> lines;  // by column on the line
    size_t height = 1;
    for (const size_t i : layout.line) {
      lines.push_back(columns_[i].keep == Keep::kWhole ? std::vector<std::string>{cells[i]}
                                                       : WrapText(cells[i], layout.widths[i]));
      height = std::max(height, lines.back().size());
    }
    for (size_t k = 0; k < height; ++k) {
      std::string line(layout.indent, ' ');
      for (size_t at = 0; at < layout.line.size(); ++at) {
        const size_t i = layout.line[at];
        const std::string cell = k < lines[at].size() ? lines[at][k] : "";
        const size_t shown = DisplayWidth(cell);
        const std::string pad(layout.widths[i] > shown ? layout.widths[i] - shown : 0, ' ');
        absl::StrAppend(&line, at > 0 ? std::string(kGap, ' ') : "", columns_[i].right ? pad : "",
                        cell, columns_[i].right ? "" : pad);
      }
      absl::StripTrailingAsciiWhitespace(&line);
      absl::StrAppend(&out, line, "\n");
    }
  };
  const auto headings_of = [&layout](const std::vector<std::string>& cells) {
    std::vector<std::string> parts;
    for (const size_t i : layout.headings) {
      if (!cells[i].empty()) parts.push_back(cells[i]);
    }
    return parts;
  };
  std::vector<std::string> headers;
  for (const Column& column : columns_) headers.push_back(column.header);
  out += Flow(headings_of(headers), width, 0);
  add_row(headers);
  std::vector<std::string> last;
  for (const auto& cells : rows_) {
    if (std::vector<std::string> parts = headings_of(cells); parts != last) {
      out += Flow(parts, width, 0);
      last = std::move(parts);
    }
    add_row(cells);
    std::vector<std::string> below;
    for (const size_t i : layout.below) {
      if (cells[i].empty()) continue;
      below.push_back(absl::StrCat(absl::AsciiStrToLower(columns_[i].header), ": ",
                                   absl::StripLeadingAsciiWhitespace(cells[i])));
    }
    out += Flow(below, width, layout.indent + kBelowIndent);
  }
  return out;
}

std::string Table::RenderTsv() const {
  std::vector<std::string> headers;
  for (const Column& column : columns_) headers.push_back(column.header);
  std::string out = absl::StrCat(absl::StrJoin(headers, "\t"), "\n");
  for (const auto& row : rows_) {
    std::vector<absl::string_view> cells;
    for (const std::string& cell : row) cells.push_back(absl::StripAsciiWhitespace(cell));
    absl::StrAppend(&out, absl::StrJoin(cells, "\t"), "\n");
  }
  return out;
}

std::string RenderFields(const std::vector<std::pair<std::string, std::string>>& fields) {
  size_t widest = 0;
  for (const auto& [key, value] : fields) {
    if (!value.empty()) widest = std::max(widest, key.size());
  }
  std::string out;
  for (const auto& [key, value] : fields) {
    if (value.empty()) continue;
    absl::StrAppend(&out, key, std::string(widest - key.size() + 2, ' '), Printable(value), "\n");
  }
  return out;
}

std::string RenderJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string json;
  // Only an Any of an unknown type could fail, and no message has one.
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) return "{}\n";
  return json;
}

std::string DateText(const common::v1::Date& date) {
  if (date.year() == 0) return "";
  return FormatDate(CivilDate(date.year(), date.month(), date.day()));
}

std::string DayText(const common::v1::Date& date) {
  if (date.year() == 0) return "";
  const CivilDate day(date.year(), date.month(), date.day());
  return absl::StrCat(ToAbsl(WeekdayName(day)), " ", FormatDate(day));
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(time.seconds()),
                          absl::LocalTimeZone());
}

std::string SizeText(int64_t bytes) {
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  double value = static_cast<double>(bytes);
  const char* unit = "KiB";
  for (const char* next : {"KiB", "MiB", "GiB", "TiB"}) {
    unit = next;
    value /= 1024;
    if (value < 1024) break;
  }
  return absl::StrFormat("%.1f %s", value, unit);
}

std::string CountText(int64_t count, std::string_view noun) {
  return absl::StrCat(count, " ", ToAbsl(noun), count == 1 ? "" : "s");
}

std::string EnumText(std::string_view name, std::string_view prefix) {
  const absl::string_view bare = absl::StripPrefix(ToAbsl(name), ToAbsl(prefix));
  if (bare == "UNSPECIFIED") return "";
  return absl::StrReplaceAll(absl::AsciiStrToLower(bare), {{"_", " "}});
}

std::string IdOf(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

std::vector<std::string> ShortIds(const std::vector<std::string>& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) ids.push_back(IdOf(name));
  std::vector<std::string> sorted = ids;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  size_t length = kMinShortId;
  for (size_t i = 1; i < sorted.size(); ++i) {
    const auto differ = std::mismatch(sorted[i - 1].begin(), sorted[i - 1].end(), sorted[i].begin(),
                                      sorted[i].end());
    length = std::max(length, static_cast<size_t>(differ.second - sorted[i].begin()) + 1);
  }
  for (std::string& id : ids) id = id.substr(0, length);
  return ids;
}

std::string RenderError(const absl::Status& status) {
  const Reason reason = ReasonOf(status);
  std::string out = absl::StrCat("foia: ", Printable(ToStd(status.message())), "\n");
  for (const auto& [field, description] : ViolationsOf(status)) {
    // What InvalidFields made says it already.
    if (absl::StrContains(status.message(), description)) continue;
    absl::StrAppend(&out, "  ", field, field.empty() ? "" : ": ", Printable(description), "\n");
  }
  if (reason == Reason::REASON_INVALID_QUERY) absl::StrAppend(&out, QueryMark(MetadataOf(status)));
  const std::string code = reason == Reason::REASON_UNSPECIFIED
                               ? absl::StatusCodeToString(status.code())
                               : std::string(absl::StripPrefix(Reason_Name(reason), "REASON_"));
  absl::StrAppend(&out, "  ", ToAbsl(GetReasonInfo(reason).remedy), " [", code, "]\n");
  return out;
}

void Output::Print(std::string_view text) const {
  if (page_ != nullptr) {
    page_->text += text;
  } else {
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
}

std::vector<std::string> Output::Ids(const std::vector<std::string>& names) const {
  if (!tsv) return ShortIds(names);
  std::vector<std::string> ids;
  for (const std::string& name : names) ids.push_back(IdOf(name));
  return ids;
}

void Output::Note(std::string_view text) const {
  for (const absl::string_view line : absl::StrSplit(absl::StripSuffix(ToAbsl(text), "\n"), '\n')) {
    const std::string clean = Printable(ToStd(line));
    if (tsv) {
      if (!clean.empty()) Say(clean);
      continue;
    }
    Print(absl::StrJoin(WrapText(clean, width), "\n") + "\n");
  }
}

void Output::Say(std::string_view line) const {
  if (!quiet) Warn(line);
}

void Output::Warn(std::string_view line) const {
  if (page_ != nullptr) {
    page_->messages.emplace_back(line);
    return;
  }
  std::fflush(stdout);  // so that both streams keep their order where they end in one place
  std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

std::optional<bool> Output::Ask(std::string_view question) const {
  if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0) return std::nullopt;
  std::fflush(stdout);
  std::fprintf(stderr, "%.*s [y/N] ", static_cast<int>(question.size()), question.data());
  std::string answer;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
    answer.push_back(static_cast<char>(c));
  }
  answer = absl::AsciiStrToLower(absl::StripAsciiWhitespace(answer));
  return answer == "y" || answer == "yes";
}

void Output::StartPage() {
  if (rows > 0) page_ = std::make_shared<Page>();
}

void Output::EndPage() const {
  if (page_ == nullptr) return;
  Output direct = *this;
  direct.page_ = nullptr;
  const std::string& text = page_->text;
  size_t lines = 0;
  for (const absl::string_view line : absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    lines += 1 + (width == 0 ? 0 : (std::max<size_t>(DisplayWidth(ToStd(line)), 1) - 1) / width);
  }
  if (lines < rows || !ShowInPager(text)) direct.Print(text);
  for (const std::string& message : page_->messages) direct.Warn(message);
}

Output MakeOutput(const OutputOptions& options) {
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::string_view(term) == "dumb";
  const char* no_color_variable = std::getenv("NO_COLOR");
  const bool is_terminal = isatty(STDOUT_FILENO) == 1;
  Output output;
  output.json = options.json;
  output.quiet = options.quiet;
  output.color = !options.no_color && !dumb && is_terminal &&
                 (no_color_variable == nullptr || *no_color_variable == '\0');
  output.live = !dumb && isatty(STDERR_FILENO) == 1;
  output.tsv = !is_terminal && options.width < 0;
  winsize size{};
  if (is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    output.width = size.ws_col;
    if (!options.no_pager && !dumb) output.rows = size.ws_row;
  }
  if (options.width >= 0) output.width = static_cast<size_t>(options.width);
  return output;
}

}  // namespace foia::cli
