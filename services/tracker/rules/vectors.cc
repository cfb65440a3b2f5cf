#include "services/tracker/rules/vectors.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "services/base/csv.h"
#include "services/base/error.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/base/written_date.h"
#include "services/tracker/deadlines/event_words.h"

namespace foia::tracker {
namespace {

// "2019-11-11(Veterans) 2019-11-28(Thanksgiving, observed)".
absl::StatusOr<std::vector<CivilDate>> ParseSkipped(std::string_view text) {
  std::vector<CivilDate> days;
  while (!text.empty()) {
    FOIA_ASSIGN_OR_RETURN(const CivilDate day,
                          ParseDate(text.substr(0, 10), "weekday_holidays_skipped"));
    days.push_back(day);
    const size_t end = text.find(')');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    text = ToStd(absl::StripLeadingAsciiWhitespace(ToAbsl(text)));
  }
  return days;
}

// The words "name=value" from `first` on; a value goes on with the words of a written date or time:
// "reply_by=July 16, 2020".
absl::StatusOr<Attributes> ReadAttributes(const std::vector<std::string>& words, size_t first,
                                          const std::string& field) {
  Attributes attributes;
  std::string* last = nullptr;
  for (size_t i = first; i < words.size(); ++i) {
    const std::string& word = words[i];
    const size_t equals = word.find('=');
    if (equals != std::string::npos && equals > 0) {
      last = &attributes[word.substr(0, equals)];
      *last = word.substr(equals + 1);
    } else if (last != nullptr && (IsDateWord(word) || word == "am" || word == "pm")) {
      absl::StrAppend(last, " ", word);
    } else {
      return InvalidFields({{field, absl::StrCat("'", word, "' is not 'name=value'")}});
    }
  }
  return attributes;
}

// Removes and returns an attribute; empty when there is none.
std::string Take(const char* name, Attributes& attributes) {
  const auto found = attributes.find(name);
  if (found == attributes.end()) return "";
  std::string value = std::move(found->second);
  attributes.erase(found);
  return value;
}

}  // namespace

absl::StatusOr<std::vector<DeadlineEvent>> ParseEvents(std::string_view text,
                                                       const std::string& field,
                                                       std::optional<CivilDate> today) {
  std::vector<DeadlineEvent> events;
  for (const absl::string_view piece : absl::StrSplit(ToAbsl(text), ';', absl::SkipWhitespace())) {
    const std::vector<std::string> words =
        absl::StrSplit(piece, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
    DeadlineEvent event;
    event.id = absl::StrCat("e", events.size() + 1);
    // The date ends where the words stop being those of a date.
    const auto name = std::find_if(words.begin() + 1, words.end(),
                                   [](const std::string& word) { return !IsDateWord(word); });
    if (name == words.end()) {
      return InvalidFields({{field, absl::StrCat("'", piece, "' is not 'DATE EVENT'")}});
    }
    const std::string date = absl::StrJoin(words.begin(), name, " ");
    FOIA_ASSIGN_OR_RETURN(event.effective_on, ParseWrittenDate(date, field, today));
    FOIA_ASSIGN_OR_RETURN(const NamedEvent named, FindEvent(*name, field));
    event.type = named.type;
    FOIA_ASSIGN_OR_RETURN(
        Attributes attributes,
        ReadAttributes(words, static_cast<size_t>(name - words.begin()) + 1, field));
    event.local_time = Take("at", attributes);
    event.time_zone = Take("zone", attributes);
    FOIA_RETURN_IF_ERROR(AddImplied(named, field, attributes));
    // What is no date stays as it is: a history may have it, and CheckAttributes refuses it.
    ReadValues(named.type, field, today, attributes).IgnoreError();
    event.attributes.insert(attributes.begin(), attributes.end());
    if (!event.local_time.empty()) {
      FOIA_ASSIGN_OR_RETURN(event.local_time, ParseWrittenTime(event.local_time, field));
    }
    absl::TimeZone zone;
    if (!event.time_zone.empty() && !absl::LoadTimeZone(event.time_zone, &zone)) {
      return InvalidFields(
          {{field, absl::StrCat("there is no time zone '", event.time_zone, "'")}});
    }
    if (!event.time_zone.empty() && event.local_time.empty()) {
      return InvalidFields({{field, "'zone=' needs the hour: at=HH:MM"}});
    }
    events.push_back(std::move(event));
  }
  return events;
}

absl::StatusOr<std::vector<Vector>> ParseVectors(std::string_view csv) {
  const std::vector<CsvRecord> records = ParseCsv(csv);
  if (records.empty()) return InvalidFields({{"line 1", "the file is empty"}});
  std::map<std::string, size_t, std::less<>> columns;
  for (size_t i = 0; i < records[0].fields.size(); ++i) columns[records[0].fields[i]] = i;
  for (const char* name : {"id", "jurisdiction", "events", "deadline", "expected"}) {
    if (columns.count(name) == 0) {
      return InvalidFields({{"line 1", absl::StrCat("there is no column '", name, "'")}});
    }
  }
  std::vector<Vector> vectors;
  for (size_t row = 1; row < records.size(); ++row) {
    const CsvRecord& record = records[row];
    if (record.fields == std::vector<std::string>{""}) continue;
    Vector vector;
    vector.line = record.line;
    const auto field = [&](std::string_view name) -> std::string {
      const auto column = columns.find(name);
      const bool is_there = column != columns.end() && column->second < record.fields.size();
      return is_there ? record.fields[column->second] : "";
    };
    vector.id = field("id");
    vector.jurisdiction = field("jurisdiction");
    vector.calendar = field("calendar");
    vector.deadline = field("deadline");
    vector.expected = field("expected");
    vector.certainty = field("certainty");
    vector.reasoning = field("reasoning");
    absl::StatusOr<std::vector<DeadlineEvent>> events = ParseEvents(field("events"));
    absl::StatusOr<std::vector<CivilDate>> skipped =
        ParseSkipped(field("weekday_holidays_skipped"));
    if (record.fields.size() != records[0].fields.size()) {
      vector.problem = InvalidFields(
          {{"row", absl::StrCat(record.fields.size(), " fields, the header has ",
                                records[0].fields.size(), "; quote what has a comma in it")}});
    } else if (!events.ok()) {
      vector.problem = events.status();
    } else if (!skipped.ok()) {
      vector.problem = skipped.status();
    } else {
      vector.events = *std::move(events);
      vector.skipped = *std::move(skipped);
    }
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

std::string OutcomeText(const v1::Deadline& deadline) {
  if (deadline.has_date()) {
    const common::v1::Date& date = deadline.date();
    return FormatDate(CivilDate(date.year(), date.month(), date.day()));
  }
  if (deadline.status() == v1::DEADLINE_STATUS_TOLLED) return "TOLLED";
  if (deadline.status() == v1::DEADLINE_STATUS_CANNOT_COMPUTE) return "CANNOT_COMPUTE";
  return "NONE";
}

absl::StatusOr<VectorResult> RunVector(const RuleBook& book, const Vector& vector) {
  FOIA_RETURN_IF_ERROR(vector.problem);
  FOIA_ASSIGN_OR_RETURN(const Rules* rules, book.FindRules(vector.jurisdiction));
  const Calendar* calendar = &rules->calendar();
  if (!vector.calendar.empty()) {
    FOIA_ASSIGN_OR_RETURN(calendar, book.FindCalendar(vector.calendar));
  }
  // Status plays no part in a vector: the day asked about is that of the last event.
  CivilDate as_of(Calendar::kFirstYear, 1, 1);
  for (const DeadlineEvent& event : vector.events) as_of = std::max(as_of, event.effective_on);
  FOIA_ASSIGN_OR_RETURN(const std::vector<v1::Explanation> explanations,
                        Explain(*rules, *calendar, vector.events, as_of, vector.deadline));
  const v1::Explanation& explanation = explanations.front();
  VectorResult result;
  result.actual = OutcomeText(explanation.deadline());
  result.certainty = v1::Certainty_Name(explanation.deadline().certainty()).substr(10, 1);
  for (const v1::SkippedDay& day : explanation.skipped()) {
    FOIA_ASSIGN_OR_RETURN(const CivilDate date, DateFromProto(day.date(), "skipped"));
    result.skipped.push_back(date);
  }
  result.explanation = explanation.text();
  return result;
}

}  // namespace foia::tracker
