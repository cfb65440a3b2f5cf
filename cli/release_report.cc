#include "cli/release_report.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/output.h"

namespace foia::cli {
namespace {

using documents::v1::Document;

// A number among an event's attributes; nothing when it is none.
std::optional<int64_t> NumberOf(const tracker::v1::Event& event, const std::string& name) {
  const auto found = event.attributes().find(name);
  int64_t value = 0;
  if (found == event.attributes().end() || !absl::SimpleAtoi(found->second, &value) || value < 0) {
    return std::nullopt;
  }
  return value;
}

bool IsLetter(const tracker::v1::Event& event) {
  return event.type() == tracker::v1::EVENT_TYPE_INTERIM_RELEASE && event.superseded_by().empty() &&
         NumberOf(event, "pages").has_value();
}

}  // namespace

std::vector<ReleaseReport> ReportReleases(const std::vector<Document>& documents,
                                          const std::vector<tracker::v1::Event>& events) {
  std::map<int, ReleaseReport> reports;
  for (const tracker::v1::Event& event : events) {
    if (!IsLetter(event)) continue;
    // The latest word counts.
    reports[static_cast<int>(NumberOf(event, "n").value_or(0))].announced =
        NumberOf(event, "pages");
  }
  std::map<int, std::set<std::string>> seen;  // hashes by release
  for (const Document& document : documents) {
    if (document.kind() != documents::v1::DOCUMENT_KIND_RELEASE) continue;
    const int number = document.release_number();
    ReleaseReport& report = reports[number];
    report.not_unpacked += document.member_error_count();
    // An archive is none of the agency's pages; its members are.
    if (document.page_count() == 0 && document.member_count() > 0) continue;
    if (!seen[number].insert(document.sha256()).second) {
      ++report.doubles;
      continue;
    }
    ++report.files;
    report.pages += document.page_count();
    report.sealed_characters += document.sealed_characters();
    for (const auto& count : document.page_states())
      report.by_state[count.state()] += count.pages();
    if (document.page_count() == 0) report.uncounted.push_back(document);
    const bool came_before = std::any_of(seen.begin(), seen.end(), [&](const auto& other) {
      return other.first != number && other.second.count(document.sha256()) != 0;
    });
    if (came_before) report.repeated += document.page_count();
  }
  std::vector<ReleaseReport> out;
  for (auto& [number, report] : reports) {
    report.number = number;
    out.push_back(std::move(report));
  }
  return out;
}

const tracker::v1::Event* FindLetter(const std::vector<tracker::v1::Event>& events, int number) {
  const tracker::v1::Event* letter = nullptr;
  for (const tracker::v1::Event& event : events) {
    if (IsLetter(event) && NumberOf(event, "n").value_or(0) == number) letter = &event;
  }
  return letter;
}

std::string DifferenceText(const ReleaseReport& report) {
  std::string text;
  if (!report.announced.has_value()) {
    text = "no letter with a number of pages is recorded";
  } else {
    text = absl::StrCat("the letter says ", CountText(*report.announced, "page"), ", ",
                        CountText(report.pages, "page"), report.pages == 1 ? " is" : " are",
                        " here: ");
    const int64_t missing = *report.announced - report.pages;
    if (missing == 0) {
      text += "as many as announced";
    } else if (missing > 0) {
      absl::StrAppend(&text, missing, missing == 1 ? " is missing" : " are missing");
    } else {
      absl::StrAppend(&text, -missing, " more than announced");
    }
  }
  const size_t uncounted = report.uncounted.size();
  if (uncounted > 0) {
    absl::StrAppend(&text, "; ", CountText(static_cast<int64_t>(uncounted), "file"),
                    uncounted == 1 ? " has" : " have", " no pages that could be counted");
  }
  if (report.not_unpacked > 0) {
    absl::StrAppend(&text, "; ", CountText(report.not_unpacked, "member"),
                    " of archives could not be unpacked");
  }
  return text;
}

}  // namespace foia::cli
